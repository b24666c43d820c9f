package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"strings"
)

const barsHead = "| bar | measured |\n| --- | --: |\n"

// machine describes where the numbers come from, in one line.
func machine() string {
	model := "unknown processor"
	if f, err := os.Open("/proc/cpuinfo"); err == nil {
		defer f.Close()
		for lines := bufio.NewScanner(f); lines.Scan(); {
			if key, value, ok := strings.Cut(lines.Text(), ":"); ok && strings.TrimSpace(key) == "model name" {
				model = strings.TrimSpace(value)
				break
			}
		}
	}
	return fmt.Sprintf("%s, %s/%s, %s, %d cores shared with other work; writers use one, DuckDB all.\n",
		runtime.Version(), runtime.GOOS, runtime.GOARCH, model, runtime.NumCPU())
}

// find returns the result of a contestant.
func find(all []written, signal, name string) written {
	for _, w := range all {
		if w.signal == signal && w.name == name {
			return w
		}
	}
	return written{}
}

func writingTable(all []written) string {
	var b strings.Builder
	b.WriteString("| signal | written by | bytes per item | size / ours | items per CPU second | speed / ours | allocated bytes per item |\n")
	b.WriteString("| --- | --- | --: | --: | --: | --: | --: |\n")
	for _, w := range all {
		o := find(all, w.signal, ours)
		size, ratio := "", ""
		if w.bytes > 0 {
			size, ratio = fmt.Sprintf("%.1f", w.size()), fmt.Sprintf("%.2f", w.size()/o.size())
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %.2f | %s |\n", w.signal, w.name, size, ratio,
			thousands(w.speed()), w.speed()/o.speed(), thousands(w.garbage()))
	}
	return b.String()
}

// bar formats a line of the bars; one that is missed says so.
func bar(text, measured string, met bool) string {
	if !met {
		measured = "**missed:** " + measured
	}
	return fmt.Sprintf("| %s | %s |\n", text, measured)
}

func writingBars(all []written) string {
	o := find(all, "traces", ours)
	size := func(name string) float64 { return o.size() / find(all, "traces", name).size() }
	// Without what reading the spans costs the others: that part is this benchmark's, not theirs.
	cells := 1 / find(all, "traces", cellsOnly).speed()
	speed := func(name string) float64 { return o.speed() * (1/find(all, "traces", name).speed() - cells) }
	gzip := o.speed() / find(all, "traces", jsonGzip).speed()
	end, logs := find(all, traceSignal, oursDecoded), find(all, logSignal, ours)
	steady, busy := find(all, steadySignal, ours), find(all, busySignal, ours)
	return bar("at most 61 bytes per span, sorted, with Bloom filter", fmt.Sprintf("%.1f", o.size()), o.size() <= 61) +
		bar("at most 1/17 of OTLP JSON", fmt.Sprintf("1/%.1f", 1/size(jsonPlain)), size(jsonPlain) <= 1.0/17) +
		bar("at most 0.55 of OTLP JSON + gzip", fmt.Sprintf("%.2f", size(jsonGzip)), size(jsonGzip) <= 0.55) +
		bar("at most 0.78 of OTLP protobuf + zstd-3", fmt.Sprintf("%.2f", size(protoZstd)), size(protoZstd) <= 0.78) +
		bar("at most 45 bytes per log record", fmt.Sprintf("%.1f", logs.size()), logs.size() <= 45) +
		bar("at most 6 bytes per metric point, steady mix", fmt.Sprintf("%.1f (busy: %.1f)", steady.size(), busy.size()), steady.size() <= 6) +
		bar("at least 200,000 spans per CPU second", thousands(o.speed()), o.speed() >= 200_000) +
		bar("at least 2.3 times plain arrow-go, reading of spans deducted", fmt.Sprintf("%.1f", speed(arrowPlain)), speed(arrowPlain) >= 2.3) +
		bar("at least 1.4 times parquet-go, reading of spans deducted", fmt.Sprintf("%.1f", speed(parquetGo)), speed(parquetGo) >= 1.4) +
		bar("at least 3 times OTLP JSON + gzip", fmt.Sprintf("%.1f", gzip), gzip >= 3) +
		bar("at least 110,000 spans per CPU second from OTLP bytes", thousands(end.speed()), end.speed() >= 110_000) +
		bar("at most 500 bytes allocated per span", thousands(o.garbage()), o.garbage() <= 500)
}

func queriesTable(all []answer) string {
	var b strings.Builder
	b.WriteString("| query | ours: ms | maps, our order: ms | ratio | the same by DuckDB: ms | ratio | maps, as they arrive: ms | ratio |\n" +
		"| --- | --: | --: | --: | --: | --: | --: | --: |\n")
	for i := range all {
		fmt.Fprintf(&b, "| %s | %.1f |", all[i].name, all[i].ms[laidOurs])
		for l := laidMaps; l < layouts; l++ {
			fmt.Fprintf(&b, " %.1f | %.1f |", all[i].ms[l], all[i].ratio(l))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// queryBars holds the answers, in the order of benchQueries, against the bars.
func queryBars(all []answer) string {
	id, p99, errors, fives := &all[0], &all[1], &all[2], &all[3]
	faster := func(text string, times float64, a *answer, l layout) string {
		return bar(text, fmt.Sprintf("%.1f", a.ratio(l)), a.ratio(l) >= times)
	}
	within := func(text string, ms float64, a *answer) string {
		return bar(text, fmt.Sprintf("%.1f ms", a.ms[laidOurs]), a.ms[laidOurs] <= ms)
	}
	return within("trace by id in at most 10 ms", 10, id) +
		faster("trace by id at least 5 times faster than with maps in our order", 5, id, laidMaps) +
		faster("trace by id at least 5 times faster than with maps as they arrive", 5, id, laidArrived) +
		within("p99 by service in at most 30 ms", 30, p99) +
		within("top error routes in at most 60 ms", 60, errors) +
		faster("top error routes at least 20 times faster than with maps", 20, errors, errors.next()) +
		faster("5xx by route at least 20 times faster than with maps", 20, fives, fives.next())
}

// thousands formats x without a fraction and with separators.
func thousands(x float64) string {
	s := fmt.Sprintf("%.0f", x)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// updateFile replaces, in a Markdown file, what stands between the comments `bench:NAME` and `/bench`.
func updateFile(path string, sections map[string]string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	replaced := string(text)
	for name, section := range sections {
		head, rest, opened := strings.Cut(replaced, "<!-- bench:"+name+" -->\n")
		_, tail, closed := strings.Cut(rest, "<!-- /bench -->")
		if !opened || !closed {
			return fmt.Errorf("%s has no place for %s", path, name)
		}
		replaced = head + "<!-- bench:" + name + " -->\n" + section + "<!-- /bench -->" + tail
	}
	return os.WriteFile(path, []byte(replaced), 0o644)
}
