package compile

import (
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/compile/selector"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/document"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/match"
)

// Selectors parses the entries of selectors as the router does.
func Selectors() match.Parser { return selector.Parser() }

// selectors returns the entries as the router takes them, and reports what is
// wrong with them, each at its key.
func (c *compiler) selectors(from []document.Selector) []any {
	entries, found := selector.Entries(c.parser, from, "name an attribute, or call the stream default")
	c.found = append(c.found, found...)
	return entries
}
