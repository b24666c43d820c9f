package columnar

import (
	"bytes"
	"cmp"
	"slices"
	"sync"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// ref locates a row in a payload. A metric's rows are its points; the other signals leave point 0.
type ref struct {
	time                         int64 // event time in nanoseconds since 1970
	resource, scope, item, point int32
}

// filler appends rows of a payload to the accumulators of a group.
type filler[D any] interface {
	// index appends a ref for each row of d, in payload order.
	index(d D, refs []ref) []ref
	// add appends the row at r as row i of the group. Rows of a resource should come one after the other.
	add(d D, r ref, i int)
	// reset forgets everything about the payload and the group's earlier rows.
	reset()
}

// signal is what the generic driver must know about a signal.
type signal[D any] struct {
	name      string
	columns   []column
	sort      []string // text columns, then time
	newFiller func(g *group, columns []column) filler[D]

	layout sync.Once
	format *format
	pool   sync.Pool // of *encoder[D]
}

// encoder is the memory of one call.
type encoder[D any] struct {
	group *group
	fill  filler[D]
	refs  []ref
	file  bytes.Buffer // the file being written
}

// maxPooledRefs keeps the memory of an unusually large payload out of the pool.
const maxPooledRefs = 4 * maxGroupRows

func (s *signal[D]) encode(d D) ([]File, error) {
	s.layout.Do(func() { s.format = newFormat(s.name, s.columns, s.sort) })
	e, ok := s.pool.Get().(*encoder[D])
	if !ok {
		g := newGroup(s.columns)
		e = &encoder[D]{group: g, fill: s.newFiller(g, s.columns)}
	}
	files, err := s.files(e, d)
	e.reset()
	if cap(e.refs) <= maxPooledRefs {
		s.pool.Put(e)
	}
	return files, err
}

func (e *encoder[D]) reset() {
	e.group.reset()
	e.fill.reset()
}

// files writes one file per hour.
func (s *signal[D]) files(e *encoder[D], d D) ([]File, error) {
	refs := e.fill.index(d, e.refs[:0])
	e.refs = refs
	byHour := func(a, b ref) int { return cmp.Compare(hour(a.time), hour(b.time)) }
	if !slices.IsSortedFunc(refs, byHour) {
		slices.SortStableFunc(refs, byHour)
	}
	var files []File
	for len(refs) > 0 {
		n := 1
		for n < len(refs) && hour(refs[n].time) == hour(refs[0].time) {
			n++
		}
		f, err := s.file(e, d, refs[:n])
		if err != nil {
			return nil, err
		}
		files = append(files, f)
		refs = refs[n:]
	}
	return files, nil
}

// file writes the rows at refs, which are all of one hour, as one file.
func (s *signal[D]) file(e *encoder[D], d D, refs []ref) (File, error) {
	f := fileOf(refs)
	w := s.format.newWriter(f, &e.file)
	for i, r := range refs {
		if e.group.full() {
			if err := s.flush(e, w); err != nil {
				return File{}, err
			}
		}
		e.fill.add(d, r, e.group.rows)
		e.group.rows++
		if i == len(refs)-1 {
			if err := s.flush(e, w); err != nil {
				return File{}, err
			}
		}
	}
	var err error
	f.Data, err = w.close()
	return f, err
}

// flush writes the group as a row group and empties it.
func (s *signal[D]) flush(e *encoder[D], w *writer) error {
	if err := e.group.err(); err != nil {
		return err
	}
	if err := w.write(e.group); err != nil {
		return err
	}
	e.reset()
	return nil
}

// fileOf describes the file of the rows at refs.
func fileOf(refs []ref) File {
	first, last := refs[0].time, refs[0].time
	for _, r := range refs[1:] {
		first, last = min(first, r.time), max(last, r.time)
	}
	return File{
		Hour:  time.Unix(hour(first)*3600, 0).UTC(),
		First: time.Unix(0, first).UTC(),
		Last:  time.Unix(0, last).UTC(),
		Rows:  len(refs),
	}
}

// hour returns the number of the hour that the nanosecond ns lies in, negative before 1970.
func hour(ns int64) int64 { return floorDiv(ns, int64(time.Hour)) }

// micros splits a time into whole microseconds and the 0 to 999 nanoseconds beyond.
func micros(t pcommon.Timestamp) (int64, int32) {
	ns := int64(t) // Times beyond 2262 are negative ones, see File.
	us := floorDiv(ns, 1000)
	return us, int32(ns - 1000*us) // 0 to 999.
}

// floorDiv is a/b rounded down.
func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
