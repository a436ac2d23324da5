# SPDX-License-Identifier: GPL-2.0-or-later
# The changes of all rows on one scale. The page cuts the drawing into rows:
# elements 1..n are the bands, then n whiskers, then n dots, last the zero line.
# Before: width, row_height, n, low, high (percent) and $rows
#         y change low high band_low band_high tone arrow
set terminal svg size width,(n * row_height) dynamic noenhanced font "sans,11" name "forest"
unset border; unset tics; unset grid; unset xlabel; unset ylabel; unset title
set lmargin 0; set rmargin 0; set tmargin 0; set bmargin 0
set xrange [low:high]
set yrange [n:0]
plot for [i=0:n-1] $rows every ::i::i using (0):1:5:6:($1 - 0.5):($1 + 0.5) \
		with boxxyerror lc rgb "#000007", \
	for [i=0:n-1] $rows every ::i::i using 3:1:($4 - $3):(0):8 with vectors arrowstyle variable, \
	for [i=0:n-1] $rows every ::i::i using 2:1:(key_rgb($7)) with points pt 7 ps 0.55 lc rgb variable, \
	"+" using (0):($0 == 0 ? 0 : n) every ::0::1 with lines ls 6
