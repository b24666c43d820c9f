package main

import (
	"fmt"
	"strings"
)

// plot draws bytes per span and spans per CPU second as bars in one SVG.
func plot(all []written) []byte {
	names := []string{ours, parquetGo, arrowPlain, protoZstd, jsonGzip, jsonPlain}
	const rowHeight, left, width, gap = 26, 210, 220, 70
	height := 60 + rowHeight*len(names)
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="12">`+"\n",
		left+2*(width+gap), height)
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%" fill="white"/>`+"\n")
	panels := []struct {
		title string
		value func(written) float64
	}{{"bytes per span (less is better)", written.size}, {"spans per CPU second (more is better)", written.speed}}
	for p, panel := range panels {
		x := left + p*(width+gap)
		fmt.Fprintf(&b, `<text x="%d" y="24" font-weight="bold">%s</text>`+"\n", x, panel.title)
		most := 0.0
		for _, name := range names {
			most = max(most, panel.value(find(all, "traces", name)))
		}
		for i, name := range names {
			v, y, color := panel.value(find(all, "traces", name)), 40+rowHeight*i, "#9aa5b1"
			if name == ours {
				color = "#1f6feb"
			}
			if p == 0 {
				fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="end">%s</text>`+"\n", left-8, y+13, name)
			}
			length := v / most * width
			fmt.Fprintf(&b, `<rect x="%d" y="%d" width="%.1f" height="18" fill="%s"/>`+"\n", x, y, length, color)
			fmt.Fprintf(&b, `<text x="%.1f" y="%d">%s</text>`+"\n", float64(x)+length+5, y+13, thousands(v))
		}
	}
	b.WriteString("</svg>\n")
	return []byte(b.String())
}
