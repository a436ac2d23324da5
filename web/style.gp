# SPDX-License-Identifier: GPL-2.0-or-later
# What all plots share. The colours are keys, replaced by classes of the style
# sheet: 1 base, 2 new kernel, 3 worse, 4 better, 5 neither, 6 grid and axes,
# 7 the band of the minimum effect, 8 what did not count, 9 numbers of axes.
# Black is the text.
unset key
set encoding utf8
set style fill solid noborder
set style line 1 lc rgb "#000001" pt 7 ps 0.45 lw 1
set style line 2 lc rgb "#000002" pt 13 ps 0.5 lw 1
set style line 6 lc rgb "#000006" lw 1 dt solid
set style line 8 lc rgb "#000008" pt 1 ps 0.5 lw 1
# whiskers: tone (0 neither, 1 worse, 2 better) * 4 + cut at the low end (1), at the high end (2)
do for [tone=0:2] {
	key = word("#000005 #000003 #000004", tone + 1)
	set style arrow (tone * 4 + 1) nohead lw 1.6 lc rgb key
	set style arrow (tone * 4 + 2) backhead filled size screen 0.03,25 lw 1.6 lc rgb key
	set style arrow (tone * 4 + 3) head filled size screen 0.03,25 lw 1.6 lc rgb key
	set style arrow (tone * 4 + 4) heads filled size screen 0.03,25 lw 1.6 lc rgb key
}
key_rgb(tone) = tone == 1 ? 0x000003 : tone == 2 ? 0x000004 : 0x000005
