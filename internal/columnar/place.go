package columnar

import "go.opentelemetry.io/collector/pdata/pcommon"

// step is how far a row lies from the one before it: the outermost thing that they do not share.
type step uint8

const (
	stepPoint step = iota
	stepItem
	stepScope
	stepResource
)

// place remembers where in the payload the last row was, so that resource, scope and metric are looked up
// once for the rows of a payload that follow each other. The zero value is nowhere.
type place struct {
	last  Row
	valid bool
}

// move goes to r and tells how far that was.
func (p *place) move(r Row) step {
	last, valid := p.last, p.valid
	p.last, p.valid = r, true
	switch {
	case !valid || last.resource != r.resource:
		return stepResource
	case last.scope != r.scope:
		return stepScope
	case last.item != r.item:
		return stepItem
	default:
		return stepPoint
	}
}

func newRow(t pcommon.Timestamp, resource, scope, item, point int) Row {
	return Row{
		Time:     int64(t),        // Times beyond 2262 are negative ones, see Row.
		resource: int32(resource), // A payload is smaller than 2 GiB.
		scope:    int32(scope),    // As above.
		item:     int32(item),     // As above.
		point:    int32(point),    // As above.
	}
}
