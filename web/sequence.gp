# SPDX-License-Identifier: GPL-2.0-or-later
# The boots in their order: median, middle half and range of the deviations of
# a boot's cells from its own kernel's mean. Before: boots, sequence_limit,
# $names (x label), $base and $new (x low q1 median q3 high), $lost (x).
set terminal svg size 560,200 dynamic noenhanced font "sans,11" name "sequence"
set border 3 ls 6
set grid y ls 6
set lmargin at screen 0.10; set rmargin at screen 0.98
set tmargin at screen 0.97; set bmargin at screen 0.22
set ytics out nomirror scale 0.5 format "%+g" autofreq textcolor rgb "#000009"
set xtics out nomirror scale 0 offset 0,0.3 textcolor rgb "#000009"
set xlabel "boot and its kernel, in the order of execution" offset 0,0.6 textcolor rgb "#000009"
set ylabel "percent of its kernel's mean" offset 1,0 textcolor rgb "#000009"
set ytics add ("0" 0)
set xrange [0.5:boots + 0.5]
set yrange [-sequence_limit:sequence_limit]
plot $names using 1:(0):xtic(2) with points pt -2, \
	$base using 1:2:(0):($6 - $2) with vectors nohead ls 1 lw 1, \
	$base using 1:3:(0):($5 - $3) with vectors nohead ls 1 lw 4, \
	$base using 1:4 with points ls 1 ps 0.7, \
	$new using 1:2:(0):($6 - $2) with vectors nohead ls 2 lw 1, \
	$new using 1:3:(0):($5 - $3) with vectors nohead ls 2 lw 4, \
	$new using 1:4 with points ls 2 ps 0.8, \
	$lost using 1:(0) with points ls 8 ps 0.9
