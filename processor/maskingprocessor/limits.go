package maskingprocessor

import (
	"fmt"
	"maps"
	"regexp"
	"slices"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/masking"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/suggest"
)

var hashKeyID = regexp.MustCompile(`^[A-Za-z0-9-]{1,32}$`)

// hashKeys checks the keys without ever showing one.
func (c *compiler) hashKeys() {
	seen := make(map[string]bool)
	for i, k := range c.cfg.HashKeys {
		path := fmt.Sprintf("hash_keys::%d", i)
		if !hashKeyID.MatchString(k.ID) {
			c.problem("%s::id: %q must be 1 to 32 letters, digits and dashes", path, k.ID)
		}
		if seen[k.ID] {
			c.problem("%s::id: %q is there already; each key needs its own", path, k.ID)
		}
		seen[k.ID] = true
		if len(k.Secret) < masking.MinSecret {
			c.problem("%s::secret: has %d bytes and needs at least %d; is the variable or file that it comes from there?", path, len(k.Secret), masking.MinSecret)
		}
		c.options.HashKeys = append(c.options.HashKeys, masking.HashKey{ID: k.ID, Secret: []byte(k.Secret)})
	}
	if c.hashes && len(c.cfg.HashKeys) == 0 {
		c.problem("hash_keys: the action hash needs a key; add `- { id: k1, secret: \"${env:MASKING_KEY}\" }`")
	}
}

func (c *compiler) fields() {
	for _, name := range slices.Sorted(maps.Keys(c.cfg.Fields)) {
		f, ok := masking.FieldByName(name)
		if !ok {
			c.problem("fields::%s: unknown field%s", name, suggest.Among(name, masking.FieldNames()))
			continue
		}
		c.options.Fields[f] = c.cfg.Fields[name]
	}
}

func (c *compiler) limits() {
	cfg := c.cfg
	if cfg.Text == "" {
		c.problem("text: it is empty; findings would vanish without a trace. Name a text such as ***")
	}
	const leastValue, mostValue = 1 << 10, 16 << 20
	if cfg.MaxValueBytes < leastValue || cfg.MaxValueBytes > mostValue {
		c.problem("max_value_bytes: %d is not between %d and %d", cfg.MaxValueBytes, leastValue, mostValue)
	}
	if cfg.MaxDepth < 1 || cfg.MaxDepth > 64 {
		c.problem("max_depth: %d is not between 1 and 64", cfg.MaxDepth)
	}
	modes := []string{oversizeTruncate, oversizeReplace, oversizeScan}
	i := slices.Index(modes, cfg.Oversize)
	if i < 0 {
		c.problem("oversize: %q is none of the modes%s", cfg.Oversize, suggest.Among(cfg.Oversize, modes))
		return
	}
	c.options.Oversize = []masking.Oversize{masking.Truncate, masking.Replace, masking.Scan}[i]
}
