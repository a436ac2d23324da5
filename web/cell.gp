# SPDX-License-Identifier: GPL-2.0-or-later
# One cell: left every boot as a dot by side, right the same boots in the order
# of execution. Before: boots, y_low, y_high, y_label, $base and $new (number value
# shift), $means (side mean low high), $band (low high), $lost (number),
# $sessions (number before which one begins).
set terminal svg size 620,190 dynamic noenhanced font "sans,11" name "cell"
set multiplot
set border 3 ls 6
set grid y ls 6
set tmargin at screen 0.96; set bmargin at screen 0.24
set yrange [y_low:y_high]
set ytics out nomirror scale 0.5 autofreq textcolor rgb "#000009"
set ylabel y_label offset 1,0 textcolor rgb "#000009"
set xlabel "kernel" offset 0,0.7 textcolor rgb "#000009"
set lmargin at screen 0.12; set rmargin at screen 0.36
set xrange [0.4:2.6]
set xtics out nomirror scale 0 offset 0,0.3 ("A base" 1, "B new" 2) textcolor rgb "#000009"
plot $band using (1.5):1:(0.4):(2.6):1:2 with boxxyerror lc rgb "#000007", \
	$base using (1 + $3):2 with points ls 1 ps 0.6, \
	$new using (2 + $3):2 with points ls 2 ps 0.7, \
	$means using ($1 - 0.32):2:(0.64):(0) with vectors nohead ls 8 lw 1.6, \
	$means using ($1 + 0.36):3:(0):($4 - $3) with vectors nohead ls 8 lw 1.6
set lmargin at screen 0.42; set rmargin at screen 0.98
set xrange [0.5:boots + 0.5]
set xtics out nomirror scale 0.5 offset 0,0.3 autofreq 1, boots > 24 ? 5 : boots > 12 ? 2 : 1 textcolor rgb "#000009"
set format y ""
unset ylabel
set xlabel "boot, in the order of execution" offset 0,0.7 textcolor rgb "#000009"
plot $band using (boots / 2.0):1:(0.5):(boots + 0.5):1:2 with boxxyerror lc rgb "#000007", \
	$sessions using ($1 - 0.5):(y_low):(0):(y_high - y_low) with vectors nohead ls 8 dt 2, \
	$base using 1:2 with points ls 1 ps 0.6, \
	$new using 1:2 with points ls 2 ps 0.7, \
	$lost using 1:(y_low + 0.06 * (y_high - y_low)) with points ls 8 ps 0.9
unset multiplot
