package wal

import (
	"bytes"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"sync"
)

// memDisk is a disk in memory that knows what is durable, so that a test can
// cut the power. It fails where its fault says.
type memDisk struct {
	mu      sync.Mutex
	names   map[string]*memContent // as the process sees them
	durable map[string]*memContent // as of the last sync of the directory
	changes []func(map[string]*memContent)
	// fault is called before each operation: open, create, edit, rename, remove,
	// syncdir, write, truncate, sync, allocate. A write that fails has written
	// half.
	fault func(op, name string) error
}

type memContent struct {
	name         string
	data, synced []byte
}

func newMemDisk() *memDisk {
	return &memDisk{names: map[string]*memContent{}, durable: map[string]*memContent{}}
}

func (d *memDisk) check(op, name string) error {
	if d.fault == nil {
		return nil
	}
	return d.fault(op, name)
}

// cut is the disk after a loss of power: of what was not synced, any part may
// be there.
func (d *memDisk) cut(rng *rand.Rand) *memDisk {
	d.mu.Lock()
	defer d.mu.Unlock()
	names := maps.Clone(d.durable)
	for _, change := range d.changes {
		if rng.IntN(2) == 0 {
			change(names)
		}
	}
	after := newMemDisk()
	for name, c := range names {
		data := c.crash(rng)
		after.names[name] = &memContent{name: name, data: data, synced: bytes.Clone(data)}
	}
	after.durable = maps.Clone(after.names)
	return after
}

// crash keeps what was synced, and of the rest the sectors that fate picks.
func (c *memContent) crash(rng *rand.Rand) []byte {
	const sector = 16 // A small one, so that records have several.
	size := len(c.synced)
	if len(c.data) > size {
		size += rng.IntN(len(c.data) - size + 1)
	}
	out := make([]byte, size)
	copy(out, c.synced)
	for at := 0; at < size; at += sector {
		end := min(at+sector, size)
		if at < len(c.data) && rng.IntN(4) > 0 {
			copy(out[at:end], c.data[at:])
		}
	}
	return out
}

// kill is the disk after the process has died: the kernel has all it wrote.
func (d *memDisk) kill() *memDisk {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fault = nil
	return d
}

func (d *memDisk) list() (map[string]int64, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	sizes := map[string]int64{}
	for name, c := range d.names {
		sizes[name] = int64(len(c.data))
	}
	return sizes, nil
}

func (d *memDisk) open(name string) (io.ReadCloser, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.check("open", name); err != nil {
		return nil, err
	}
	c, ok := d.names[name]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return io.NopCloser(bytes.NewReader(bytes.Clone(c.data))), nil
}

func (d *memDisk) create(name string) (file, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.check("create", name); err != nil {
		return nil, err
	}
	c := &memContent{name: name}
	d.apply(func(names map[string]*memContent) { names[name] = c })
	return &memFile{disk: d, content: c}, nil
}

func (d *memDisk) edit(name string) (file, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	c, ok := d.names[name]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return &memFile{disk: d, content: c}, d.check("edit", name)
}

func (d *memDisk) rename(from, to string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.check("rename", to); err != nil {
		return err
	}
	c := d.names[from]
	c.name = to
	d.apply(func(names map[string]*memContent) {
		delete(names, from)
		names[to] = c
	})
	return nil
}

func (d *memDisk) remove(name string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.check("remove", name); err != nil {
		return err
	}
	if _, ok := d.names[name]; !ok {
		return fs.ErrNotExist
	}
	d.apply(func(names map[string]*memContent) { delete(names, name) })
	return nil
}

func (d *memDisk) sync() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.check("syncdir", ""); err != nil {
		return err
	}
	d.durable, d.changes = maps.Clone(d.names), nil
	return nil
}

func (*memDisk) close() error { return nil }

func (d *memDisk) apply(change func(map[string]*memContent)) {
	change(d.names)
	d.changes = append(d.changes, change)
}

type memFile struct {
	disk    *memDisk
	content *memContent
}

func (f *memFile) WriteAt(b []byte, at int64) (int, error) {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	err := f.disk.check("write", f.content.name)
	if err != nil {
		b = b[:len(b)/2]
	}
	f.grow(at + int64(len(b)))
	return copy(f.content.data[at:], b), err
}

func (f *memFile) grow(size int64) {
	if missing := size - int64(len(f.content.data)); missing > 0 {
		f.content.data = append(f.content.data, make([]byte, missing)...)
	}
}

func (f *memFile) Truncate(size int64) error {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if err := f.disk.check("truncate", f.content.name); err != nil {
		return err
	}
	f.content.data = f.content.data[:min(size, int64(len(f.content.data)))]
	return nil
}

func (f *memFile) Sync() error {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if err := f.disk.check("sync", f.content.name); err != nil {
		return err
	}
	f.content.synced = bytes.Clone(f.content.data)
	return nil
}

func (f *memFile) allocate(size int64) error {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	before := len(f.content.data)
	f.grow(size)
	err := f.disk.check("allocate", f.content.name) // It sees what would be.
	if err != nil {
		f.content.data = f.content.data[:before]
	}
	return err
}

func (*memFile) Close() error { return nil }
