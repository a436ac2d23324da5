# SPDX-License-Identifier: GPL-2.0-or-later
# Every boot of one metric as a dot, a line of dots a cell, in percent of the
# base's mean. Before: dots_height, dots_low, dots_high, cells, $cells (y label),
# $base and $new (percent y), $lines (y of the gaps between scenarios).
set terminal svg size 560,dots_height dynamic noenhanced font "sans,11" name "dots"
set border 1 ls 6
set grid x ls 6
set lmargin at screen 0.25; set rmargin at screen 0.97
set tmargin at screen 1 - 6.0 / dots_height; set bmargin at screen 40.0 / dots_height
set xtics out nomirror scale 0.5 offset 0,0.3 format "%+g" autofreq textcolor rgb "#000009"
set ytics out nomirror scale 0 textcolor rgb "#000009"
set xlabel "percent of the base's mean" offset 0,0.9 textcolor rgb "#000009"
set xtics add ("0" 0)
set xrange [dots_low:dots_high]
set yrange [cells + 0.5:0.5]
plot $cells using (0):1:ytic(2) with points pt -2, \
	$lines using (dots_low):1:(dots_high - dots_low):(0) with vectors nohead ls 6, \
	"+" using (0):($0 == 0 ? 0.5 : cells + 0.5) every ::0::1 with lines ls 6, \
	$base using 1:2 with points ls 1, \
	$new using 1:2 with points ls 2
