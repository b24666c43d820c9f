package columnar

import "go.opentelemetry.io/collector/pdata/pcommon"

// origin fills the columns of resource and scope. The values of a resource or scope are added once, and every
// row of it refers to them.
type origin struct {
	attrs, scopeAttrs     *attributeColumns
	name, version         *textColumn
	url, scopeURL         *textColumn
	hash                  *numberColumn[int64]
	dropped, scopeDropped *numberColumn[int32]

	at       place
	resource originResource
	scope    originScope
	sum      attributeHash
}

// originResource is the current resource as codes and values of the columns.
type originResource struct {
	promoted []int32 // by promoted column, -1 for null
	attrs    attributeRange
	url      int32
	hash     int64
	dropped  int32
}

// originScope is the current scope as codes and values of the columns.
type originScope struct {
	attrs              attributeRange
	name, version, url int32
	dropped            int32
}

func bindOrigin(g *group, columns []column) *origin {
	o := &origin{
		attrs:        bindAttributes(g, "resource_attributes", columns, scopeResource),
		scopeAttrs:   bindAttributes(g, "scope_attributes", columns, scopeNone),
		name:         bind[*textColumn](g, "scope_name"),
		version:      bind[*textColumn](g, "scope_version"),
		url:          bind[*textColumn](g, "resource_schema_url"),
		scopeURL:     bind[*textColumn](g, "scope_schema_url"),
		hash:         bind[*numberColumn[int64]](g, "resource_hash"),
		dropped:      bind[*numberColumn[int32]](g, "resource_dropped_attributes_count"),
		scopeDropped: bind[*numberColumn[int32]](g, "scope_dropped_attributes_count"),
	}
	o.attrs.hash = &o.sum
	o.resource.promoted = make([]int32, len(o.attrs.promoted))
	return o
}

func (o *origin) reset() {
	o.at = place{}
	o.attrs.reset()
	o.scopeAttrs.reset()
}

// enter makes r and s the resource and scope of the rows that follow. A resource that is still the same is
// not added again.
func (o *origin) enter(far step, r pcommon.Resource, url string, s pcommon.InstrumentationScope, scopeURL string) {
	if far == stepResource {
		o.setResource(r, url)
	}
	o.setScope(s, scopeURL)
}

func (o *origin) setResource(r pcommon.Resource, schemaURL string) {
	codes := o.resource.promoted
	for i := range codes {
		codes[i] = -1
	}
	o.sum.sum = 0
	o.resource.attrs = o.attrs.add(r.Attributes(), func(p *promotedColumn, index int, v pcommon.Value) bool {
		if codes[index] >= 0 {
			return false
		}
		codes[index] = p.code(v)
		return codes[index] >= 0 && (p.absent == "" || v.Str() != p.absent)
	})
	for i := range codes {
		if p := &o.attrs.promoted[i]; codes[i] < 0 && p.absent != "" {
			codes[i] = p.text.code(p.absent)
		}
	}
	o.resource.url = o.url.codeNonEmpty(schemaURL)
	o.resource.hash = int64(o.sum.sum)                     // A hash has no sign.
	o.resource.dropped = int32(r.DroppedAttributesCount()) // Bits are kept.
}

func (o *origin) setScope(s pcommon.InstrumentationScope, schemaURL string) {
	o.scope = originScope{
		attrs:   o.scopeAttrs.add(s.Attributes(), nil),
		name:    o.name.codeNonEmpty(s.Name()),
		version: o.version.codeNonEmpty(s.Version()),
		url:     o.scopeURL.codeNonEmpty(schemaURL),
		dropped: int32(s.DroppedAttributesCount()), // Bits are kept.
	}
}

// put gives row i the current resource and scope.
func (o *origin) put(i int) {
	r, s := &o.resource, &o.scope
	for index, code := range r.promoted {
		putCode(o.attrs.promoted[index].text, i, code)
	}
	o.attrs.put(i, r.attrs)
	putCode(o.url, i, r.url)
	o.hash.put(i, r.hash)
	putNonZero(o.dropped, i, r.dropped)

	o.scopeAttrs.put(i, s.attrs)
	putCode(o.name, i, s.name)
	putCode(o.version, i, s.version)
	putCode(o.scopeURL, i, s.url)
	putNonZero(o.scopeDropped, i, s.dropped)
}

// putCode sets row i unless code stands for null, which is what a skipped row becomes anyway.
func putCode(c *textColumn, i int, code int32) {
	if code >= 0 {
		c.put(i, code)
	}
}

// putNonZero sets row i of a required column unless v is what a skipped row becomes anyway.
func putNonZero(c *numberColumn[int32], i int, v int32) {
	if v != 0 {
		c.put(i, v)
	}
}
