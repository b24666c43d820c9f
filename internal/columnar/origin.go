package columnar

import "go.opentelemetry.io/collector/pdata/pcommon"

// origin fills the columns of resource and scope. Their values are added once, and every row of them refers to
// them.
type origin struct {
	group                 *group
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
	promoted []promotedValue // by promoted column
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
		group:        g,
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
	o.resource.promoted = make([]promotedValue, len(o.attrs.promoted))
	return o
}

func (o *origin) reset() {
	o.attrs.reset()
	o.scopeAttrs.reset()
	o.sum.buf = recycle(o.sum.buf)
}

// enter makes r and s the resource and scope of the rows that follow. A resource that is still the same is
// not added again.
func (o *origin) enter(far step, r pcommon.Resource, url string, s pcommon.InstrumentationScope, scopeURL string) {
	if far == stepResource {
		o.setResource(r, url)
	}
	o.setScope(s, scopeURL)
	o.settle()
}

func (o *origin) setResource(r pcommon.Resource, schemaURL string) {
	values := o.resource.promoted
	clear(values)
	o.sum.sum = 0
	o.resource.attrs = o.attrs.add(r.Attributes(), target{values: values})
	for i := range values {
		if p := &o.attrs.promoted[i]; !values[i].ok && p.absent != "" {
			values[i] = promotedValue{ok: true, code: p.text.code(p.absent)}
		}
	}
	o.resource.url = o.url.codeNonEmpty(schemaURL)
	o.resource.hash = int64(o.sum.sum)                     // A hash has no sign.
	o.resource.dropped = int32(r.DroppedAttributesCount()) // Bits are kept.
}

func (o *origin) setScope(s pcommon.InstrumentationScope, schemaURL string) {
	o.scope = originScope{
		attrs:   o.scopeAttrs.add(s.Attributes(), target{}),
		name:    o.name.codeNonEmpty(s.Name()),
		version: o.version.codeNonEmpty(s.Version()),
		url:     o.scopeURL.codeNonEmpty(schemaURL),
		dropped: int32(s.DroppedAttributesCount()), // Bits are kept.
	}
}

// settle makes the current resource and scope a new origin.
func (o *origin) settle() {
	at := int(o.group.entered)
	o.group.entered++
	r, s := &o.resource, &o.scope
	for index := range r.promoted {
		if v := &r.promoted[index]; v.ok {
			o.attrs.promoted[index].put(at, *v)
		}
	}
	o.attrs.put(at, r.attrs)
	putCode(o.url, at, r.url)
	o.hash.put(at, r.hash)
	putNonZero(o.dropped, at, r.dropped)

	o.scopeAttrs.put(at, s.attrs)
	putCode(o.name, at, s.name)
	putCode(o.version, at, s.version)
	putCode(o.scopeURL, at, s.url)
	putNonZero(o.scopeDropped, at, s.dropped)
}

// put gives the next row the current resource and scope.
func (o *origin) put() {
	g := o.group
	g.origins.push(int64(g.entered - 1))
	o.attrs.entries.shape.slots += int(o.resource.attrs.hi - o.resource.attrs.lo)
	o.scopeAttrs.entries.shape.slots += int(o.scope.attrs.hi - o.scope.attrs.lo)
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
