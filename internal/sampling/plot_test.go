package sampling

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// plotFile shows the simulation of bursts in the documentation.
const plotFile = "../../docs/target-rate.svg"

// The plot in the documentation is that of this code.
func TestPlotOfBursts(t *testing.T) {
	var kept [2][]int64
	for i, share := range []Share{ShareSqrt, ShareEqual} {
		simulate(share, func(_ int, _, n int64, _ float64) { kept[i] = append(kept[i], n) })
	}
	got := plot(kept)
	if *update {
		require.NoError(t, os.WriteFile(plotFile, []byte(got), 0o600))
	}
	want, err := os.ReadFile(plotFile)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}

// plot draws spans per second over the seconds of the simulation.
func plot(kept [2][]int64) string {
	const left, top, wide, high, most = 60, 20, 720, 200, 1500
	x := func(second int) float64 { return left + wide*float64(second)/float64(len(kept[0])) }
	y := func(spans int64) float64 { return top + high*(1-float64(spans)/most) }
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 260" font-family="sans-serif" font-size="12">
<rect width="800" height="260" fill="#fff"/>
<rect x="%.1f" y="%d" width="%.1f" height="%d" fill="#fde8d7"/>
<text x="%.1f" y="%d">100,000 spans per second come in, before and after it 20,000</text>
`, x(60), top, x(120)-x(60), high, x(60)+6, top+14)
	for _, spans := range []int64{0, 500, 1000, 1500} {
		fmt.Fprintf(&b, `<line x1="%d" x2="%d" y1="%.1f" y2="%.1f" stroke="#ddd"/><text x="%d" y="%.1f" text-anchor="end">%d</text>`+"\n",
			left, left+wide, y(spans), y(spans), left-6, y(spans)+4, spans)
	}
	for i, color := range []string{"#1f6feb", "#c2410c"} {
		fmt.Fprintf(&b, `<polyline fill="none" stroke="%s" points="`, color)
		for second, n := range kept[i] {
			fmt.Fprintf(&b, "%.1f,%.1f ", x(second), y(n))
		}
		fmt.Fprintf(&b, `"/>`+"\n"+`<text x="%d" y="250" fill="%s">kept per second, target 1,000, share %s</text>`+"\n",
			left+360*i, color, []string{"sqrt", "equal"}[i])
	}
	b.WriteString("</svg>\n")
	return b.String()
}
