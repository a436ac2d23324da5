# SPDX-License-Identifier: GPL-2.0-or-later
# One metric of a branch against its anchor, in percent. Before: spark (1: a small
# plot without numbers), kernels, y_low, y_high, band, $points (x percent), $ticks
# (x label), $events (x colour label). The last line of a block is beyond the frame.
if (spark) {
	set terminal svg size 150,44 dynamic noenhanced font "sans,11" name "drift"
	unset border
	set lmargin at screen 0.01; set rmargin at screen 0.99
	set tmargin at screen 0.98; set bmargin at screen 0.02
	unset xtics
	unset ytics
} else {
	set terminal svg size 560,190 dynamic noenhanced font "sans,11" name "drift"
	set border 3 ls 6
	set grid y ls 6
	set lmargin at screen 0.13; set rmargin at screen 0.98
	set tmargin at screen 0.96; set bmargin at screen 0.24
	set ytics out nomirror scale 0.5 format "%+g" autofreq textcolor rgb "#000009"
	set ytics add ("0" 0)
	set xtics out nomirror scale 0.5 offset 0,0.3 textcolor rgb "#000009"
	set xlabel "kernels, by commit time" offset 0,0.7 textcolor rgb "#000009"
	set ylabel "percent" offset 1,0 textcolor rgb "#000009"
}
# room for the names of events above the values
if (!spark && |$events| > 1) y_high = y_high + 0.2 * (y_high - y_low)
set xrange [-0.5:kernels - 0.5]
set yrange [y_low:y_high]
set style line 9 lc rgb "#000005" lw 1
plot "+" using ((kernels - 1) / 2.0):(0):(-0.5):(kernels - 0.5):(-band):(band) every ::0::0 with boxxyerror lc rgb "#000007", \
	"+" using (-0.5):(0):(kernels):(0) every ::0::0 with vectors nohead ls 9, \
	$events using 1:(y_low):(0):(y_high - y_low):2 with vectors nohead lw 1.4 dt 3 lc rgb variable, \
	$points using 1:2 with lines ls 1 lw 1.4, \
	$points using 1:2 with points ls 1 ps (spark ? 0.18 : 0.32), \
	$ticks using 1:(y_low):xtic(2) with points pt -2, \
	$events using 1:(y_high - 0.08 * (y_high - y_low)):(spark ? "" : strcol(3)) with labels left offset 0.4,0
