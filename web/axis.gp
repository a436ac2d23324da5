# SPDX-License-Identifier: GPL-2.0-or-later
# The scale of the forest column, for its head. Before: width, low, high.
set terminal svg size width,20 dynamic noenhanced font "sans,10" name "axis"
set border 1 ls 6
unset grid; unset ytics; unset xlabel; unset ylabel
set lmargin 0; set rmargin 0
set tmargin 0; set bmargin at screen 0.22
set xtics out nomirror scale 0.5 offset 0,1.6 format "%+g" autofreq textcolor rgb "#000009"
set xtics add ("0" 0)
set xrange [low:high]
set yrange [0:1]
plot NaN
