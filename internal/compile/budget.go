package compile

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"
)

// Inputs are what a compilation may know beside the document: the same document
// and the same inputs give the same configuration. The zero value knows nothing.
type Inputs struct {
	// VolumeSize returns the size, in bytes, of the volume that holds a directory,
	// or 0 if it is not known. Not what is free: a configuration should not change
	// while queues fill.
	VolumeSize func(directory string) int64
}

// Budget is the space on the disk that data may take while it waits for
// destinations, of all queues, logs and spools in the data directory. All are in
// bytes.
type Budget struct {
	// Wanted is what settings and defaults come to, and Bound what they are shrunk
	// to: at most a third of the volume, unless the document's own sizes, or the
	// least that a log can have, are more than that.
	Wanted, Bound int64
	// Volume is the size of the volume of the data directory; 0 if it is not known,
	// and then nothing is shrunk.
	Volume int64
}

// volumeShare is the part of the volume that may be taken: one of so many.
const volumeShare = 3

// Note says to people that there is less space than the document asks for; it is
// empty if there is enough.
func (b Budget) Note() string {
	if b.Bound == b.Wanted {
		return ""
	}
	return fmt.Sprintf("queues and spools are bounded to %s in all instead of %s: data_dir is on a volume of %s, and they take a third of that at most",
		inGiB(b.Bound), inGiB(b.Wanted), inGiB(b.Volume))
}

func inGiB(bytes int64) string { return fmt.Sprintf("%.1f GiB", float64(bytes)/(1<<30)) }

// reserve is a bound on the disk that an exporter has for each of its signals.
type reserve struct {
	exporter string
	path     []string // of the setting, in the exporter's configuration
	unit     int64    // bytes that 1 in the setting stands for
	bytes    int64
	floor    int64 // least that makes sense, in bytes
	given    bool  // the document says how much; that is not touched
	signals  int64
}

func (r reserve) total() int64 { return r.bytes * r.signals }

// reserve notes a bound. Its setting is value, if that is a number, or standard.
func (c *compiler) reserve(value any, standard int64, r reserve) {
	r.bytes = standard * r.unit
	if value != nil {
		n, ok := value.(int)
		if !ok {
			return // A reference, or nonsense.
		}
		r.given, r.bytes = true, int64(n)*r.unit
	}
	c.reserves = append(c.reserves, r)
}

// boundQueues shrinks what the document leaves to the compiler, in proportion,
// until it has room.
func (c *compiler) boundQueues(in Inputs) {
	if in.VolumeSize != nil && !strings.Contains(c.settings.DataDir, "${") {
		c.budget.Volume = in.VolumeSize(c.settings.DataDir)
	}
	signals := c.exporterSignals()
	for i := range c.reserves {
		r := &c.reserves[i]
		r.signals = signals[r.exporter]
		c.budget.Wanted += r.total()
	}
	c.budget.Bound = c.budget.Wanted
	if limit := c.budget.Volume / volumeShare; c.budget.Volume > 0 && c.budget.Wanted > limit {
		c.shrink(limit)
	}
}

// exporterSignals returns of how many signals each exporter has pipelines.
func (c *compiler) exporterSignals() map[string]int64 {
	of := make(map[string]map[string]bool)
	service, _ := c.config["service"].(map[string]any)
	pipelines, _ := service["pipelines"].(map[string]any)
	for id, raw := range pipelines {
		signal, _, _ := strings.Cut(id, "/")
		exporters, _ := raw.(map[string]any)["exporters"].([]any)
		for _, e := range exporters {
			name, _ := e.(string)
			if of[name] == nil {
				of[name] = make(map[string]bool)
			}
			of[name][signal] = true
		}
	}
	counts := make(map[string]int64)
	for name, signals := range of {
		counts[name] = int64(len(signals))
	}
	return counts
}

// shrink divides limit among the reserves that are not given, in proportion to
// what they have. Where that is less than the least, the others get less.
func (c *compiler) shrink(limit int64) {
	flexible := slices.DeleteFunc(c.flexible(), func(r *reserve) bool { return r.signals == 0 })
	for left := limit - c.givenBytes(); len(flexible) > 0; {
		var wanted int64
		for _, r := range flexible {
			wanted += r.total()
		}
		low := func(r *reserve) bool { return part(r.bytes, left, wanted) < r.floor }
		if !slices.ContainsFunc(flexible, low) {
			for _, r := range flexible {
				c.resize(r, part(r.bytes, left, wanted))
			}
			break
		}
		var rest []*reserve
		var taken int64
		for _, r := range flexible {
			if !low(r) {
				rest = append(rest, r)
				continue
			}
			c.resize(r, min(r.floor, r.bytes))
			taken += r.total()
		}
		flexible, left = rest, left-taken
	}
	c.budget.Bound = 0
	for _, r := range c.reserves {
		c.budget.Bound += r.total()
	}
}

func (c *compiler) flexible() []*reserve {
	var all []*reserve
	for i := range c.reserves {
		if !c.reserves[i].given {
			all = append(all, &c.reserves[i])
		}
	}
	return all
}

func (c *compiler) givenBytes() (sum int64) {
	for _, r := range c.reserves {
		if r.given {
			sum += r.total()
		}
	}
	return sum
}

// resize sets a reserve in the configuration.
func (c *compiler) resize(r *reserve, bytes int64) {
	r.bytes = bytes
	c.config.put(int(bytes/r.unit), append([]string{"exporters", r.exporter}, r.path...)...)
}

// part returns bytes*left/wanted, in whole MiB, and no more than bytes.
func part(bytes, left, wanted int64) int64 {
	if left <= 0 || wanted <= 0 {
		return 0
	}
	if left >= wanted {
		return bytes
	}
	high, low := bits.Mul64(uint64(bytes), uint64(left))
	quotient, _ := bits.Div64(high, low, uint64(wanted)) // Less than bytes, as left is less than wanted.
	return int64(quotient) / mebibyte * mebibyte
}
