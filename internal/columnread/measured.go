package columnread

import "go.opentelemetry.io/collector/pdata/pcommon"

// measured are the columns of attributes that may have units, as those of profiles.
type measured struct {
	*attributes
	unitKeys, units *textLeaf

	sets map[string][]int32 // of the current payload: indices by content
	id   []byte
}

// bindMeasured binds the attributes at path, which lies in so many lists.
func bindMeasured(t *table, path string, lists int, promoted []Promoted) *measured {
	return &measured{
		attributes: bindAttributes(t, path, lists, promoted),
		unitKeys:   bindTextIn(t, path+"_units"+inMap+".key", lists+1),
		units:      bindTextIn(t, path+"_units"+inMap+".value", lists+1),
	}
}

// start begins a payload.
func (m *measured) start() { m.sets = map[string][]int32{} }

// indices returns where in the dictionary the attributes of row or entry i are. The result is shared.
func (m *measured) indices(i int, d *dictionary) ([]int32, error) {
	lo, hi := m.unitKeys.inner(i)
	id := m.appendID(i, m.id[:0])
	for k := lo; k < hi; k++ {
		id = appendText(appendText(id, m.unitKeys.entries[k]), m.units.entries[k])
	}
	m.id = id
	if set, ok := m.sets[string(id)]; ok {
		return set, nil
	}
	values := pcommon.NewMap()
	if err := m.fill(i, values); err != nil {
		return nil, err
	}
	if lo < hi && hi-lo != values.Len() {
		return nil, damagedf("column %s has %d entries for %d attributes", m.units.descr.Path(), hi-lo, values.Len())
	}
	units := map[string][]string{} // The values of a key are in order, keys need not be.
	for k := lo; k < hi; k++ {
		units[m.unitKeys.entries[k]] = append(units[m.unitKeys.entries[k]], m.units.entries[k])
	}
	var set []int32
	for key, v := range values.All() {
		unit := ""
		if lo < hi {
			if len(units[key]) == 0 {
				return nil, damagedf("column %s lacks a unit of %q", m.units.descr.Path(), key)
			}
			unit, units[key] = units[key][0], units[key][1:]
		}
		set = append(set, d.attribute(key, v, unit))
	}
	m.sets[string(id)] = set
	return set, nil
}
