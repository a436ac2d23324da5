# SPDX-License-Identifier: GPL-2.0-or-later
# One cell over the kernels of a branch. Before: kernels, y_low, y_high, y_label,
# $points (x y), $levels (x1 x2 mean low high), $changes (x1 x2 tone), $epochs (x),
# $ticks (x label), $events (x colour label), $sides (x y 1 base or 2 new, label).
# Nothing of a block is beyond the frame but its last line,
# which is there so that no block is empty.
set terminal svg size 560,190 dynamic noenhanced font "sans,11" name "history"
set border 3 ls 6
set grid y ls 6
set lmargin at screen 0.13; set rmargin at screen 0.98
set tmargin at screen 0.96; set bmargin at screen 0.24
set ytics out nomirror scale 0.5 autofreq textcolor rgb "#000009"
set xtics out nomirror scale 0.5 offset 0,0.3 textcolor rgb "#000009"
set xlabel "kernels, by commit time" offset 0,0.7 textcolor rgb "#000009"
set ylabel y_label offset 1,0 textcolor rgb "#000009"
set xrange [-0.5:kernels - 0.5]
# room for their names above the values
if (|$events| > 1) y_high = y_high + 0.2 * (y_high - y_low)
set yrange [y_low:y_high]
plot $levels using (0):3:1:2:4:5 with boxxyerror lc rgb "#000007", \
	$changes using 1:(y_low):($2 - $1):(y_high - y_low):3 with vectors arrowstyle variable, \
	$ticks using 1:(y_low):xtic(2) with points pt -2, \
	$epochs using 1:(y_low):(0):(y_high - y_low) with vectors nohead ls 8 dt 2, \
	$levels using 1:3:($2 - $1):(0) with vectors nohead ls 8, \
	$points using 1:2 with points ls 1 ps 0.42, \
	$events using 1:(y_low):(0):(y_high - y_low):2 with vectors nohead lw 1.4 dt 3 lc rgb variable, \
	$events using 1:(y_high - 0.08 * (y_high - y_low)):3 with labels left offset 0.4,0, \
	$sides using 1:($3 == 1 ? $2 : NaN) with points ls 1 pt 6 ps 1 lw 1.5, \
	$sides using 1:($3 == 2 ? $2 : NaN) with points ls 2 pt 6 ps 1 lw 1.5, \
	$sides using 1:2:4 with labels left offset 0.7,0.3
