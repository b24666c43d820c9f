package watch

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
)

// WriteText writes the table for people, at most so many streams; 0 is no limit.
func (t Table) WriteText(w io.Writer, limit int) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, "STREAM\tITEMS/S\tTRACES\tMETRICS\tLOGS\tPENDING\tOUTCOMES")
	for i, s := range t.Streams {
		if limit > 0 && i == limit {
			fmt.Fprintf(out, "and %d more\n", len(t.Streams)-limit)
			break
		}
		name := s.Name
		if name == "" {
			name = "(no stream)"
		}
		fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", name, human(s.Total()), human(s.PerSecond["traces"]), human(s.PerSecond["metrics"]),
			human(s.PerSecond["logs"]), human(s.Pending), outcomes(s.Outcomes))
	}
	if err := out.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(out, "\nDESTINATION\tSENT/S\tFAILED/S\tQUEUE")
	for _, d := range t.Destinations {
		queue := "-"
		if d.Capacity > 0 {
			queue = fmt.Sprintf("%s of %s (%.0f%%)", human(d.Queue), human(d.Capacity), 100*d.Queue/d.Capacity)
		}
		fmt.Fprintf(out, "%s\t%s\t%s\t%s\n", d.Exporter, human(d.Sent), human(d.Failed), queue)
	}
	return out.Flush()
}

// outcomes names what became of items, as shares; nothing if all is delivered.
func outcomes(all map[string]float64) string {
	total := sum(all)
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if share := 100 * all[name] / total; all[name] > 0 {
			parts = append(parts, fmt.Sprintf("%s %.0f%%", name, share))
		}
	}
	if len(parts) == 0 {
		return "-"
	}
	return strings.Join(parts, ", ")
}

// human writes a number with three digits or so.
func human(v float64) string {
	for _, unit := range []struct {
		size float64
		name string
	}{{1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e3, "k"}} {
		if v >= unit.size {
			return fmt.Sprintf("%.3g%s", v/unit.size, unit.name)
		}
	}
	return fmt.Sprintf("%.3g", v)
}
