package columnread

import "go.opentelemetry.io/collector/pdata/pcommon"

// originColumns are the columns of resource and scope.
type originColumns struct {
	attrs, scopeAttrs            *attributes
	url, scopeURL, name, version *textLeaf
	droppedAttrs, scopeDropped   *leaf[int32, int32]
}

func bindOrigin(t *table, promoted []Promoted) *originColumns {
	return &originColumns{
		attrs:        bindAttributes(t, "resource_attributes", 0, promoted),
		scopeAttrs:   bindAttributes(t, "scope_attributes", 0, nil),
		url:          bindText(t, "resource_schema_url"),
		scopeURL:     bindText(t, "scope_schema_url"),
		name:         bindText(t, "scope_name"),
		version:      bindText(t, "scope_version"),
		droppedAttrs: bindNumber[int32](t, "resource_dropped_attributes_count"),
		scopeDropped: bindNumber[int32](t, "scope_dropped_attributes_count"),
	}
}

func (c *originColumns) appendResourceID(i int, buf []byte) []byte {
	buf = c.attrs.appendID(i, buf)
	return appendNumber(appendText(buf, c.url.entries[i]), c.droppedAttrs.entries[i])
}

func (c *originColumns) appendScopeID(i int, buf []byte) []byte {
	buf = appendText(appendText(buf, c.name.entries[i]), c.version.entries[i])
	buf = c.scopeAttrs.appendID(i, buf)
	return appendNumber(appendText(buf, c.scopeURL.entries[i]), c.scopeDropped.entries[i])
}

// resourceGroup is what pdata calls ResourceSpans, ResourceLogs, ResourceMetrics and
// ResourceProfiles.
type resourceGroup interface {
	Resource() pcommon.Resource
	SetSchemaUrl(string)
}

// scopeGroup is what pdata calls ScopeSpans, ScopeLogs, ScopeMetrics and ScopeProfiles.
type scopeGroup interface {
	Scope() pcommon.InstrumentationScope
	SetSchemaUrl(string)
}

// grouper finds the resource and scope of each row in a payload, or makes them.
type grouper[R resourceGroup, S scopeGroup] struct {
	*originColumns
	addScope func(R) S

	addResource func() R // of the current payload
	resources   map[string]*resourceOf[R]
	scopes      map[string]S // by number of the resource and content of the scope
	id          []byte
}

type resourceOf[R any] struct {
	group  R
	number int
}

// start begins a payload.
func (g *grouper[R, S]) start(addResource func() R) {
	g.addResource = addResource
	g.resources = map[string]*resourceOf[R]{}
	g.scopes = map[string]S{}
}

// at returns the scope that row i belongs to. The bytes tell it from others in the payload; they are good
// until the next call.
func (g *grouper[R, S]) at(i int) (S, []byte, error) {
	var none S
	g.id = g.appendResourceID(i, g.id[:0])
	resource, ok := g.resources[string(g.id)]
	if !ok {
		resource = &resourceOf[R]{g.addResource(), len(g.resources)}
		if err := g.setResource(i, resource.group); err != nil {
			return none, nil, err
		}
		g.resources[string(g.id)] = resource
	}
	g.id = g.appendScopeID(i, appendNumber(g.id[:0], int64(resource.number)))
	scope, ok := g.scopes[string(g.id)]
	if !ok {
		scope = g.addScope(resource.group)
		if err := g.setScope(i, scope); err != nil {
			return none, nil, err
		}
		g.scopes[string(g.id)] = scope
	}
	return scope, g.id, nil
}

func (g *grouper[R, S]) setResource(i int, r R) error {
	r.SetSchemaUrl(g.url.entries[i])
	r.Resource().SetDroppedAttributesCount(uint32(g.droppedAttrs.entries[i])) // Bits were kept.
	return g.attrs.fill(i, r.Resource().Attributes())
}

func (g *grouper[R, S]) setScope(i int, s S) error {
	s.SetSchemaUrl(g.scopeURL.entries[i])
	scope := s.Scope()
	scope.SetName(g.name.entries[i])
	scope.SetVersion(g.version.entries[i])
	scope.SetDroppedAttributesCount(uint32(g.scopeDropped.entries[i])) // Bits were kept.
	return g.scopeAttrs.fill(i, scope.Attributes())
}
