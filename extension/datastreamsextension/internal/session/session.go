// Package session lets people in by the Collector's auth extensions. Those want
// a header, which a browser sends with nothing but the scripts' own requests: a
// page's first load and its stream of events cannot carry one. So a client that
// has shown once what the extension accepts gets a cookie, and the header is put
// into its requests from then on. The extension is asked each time, whoever
// comes: what it does not accept any more opens nothing.
package session

import (
	"container/list"
	"crypto/rand"
	"crypto/sha256"
	"sync"
	"time"
)

const (
	// Capacity is how many sessions there are at most; the one that was used the
	// longest time ago makes room for a new one.
	Capacity = 256
	// Idle is how long a session lasts that nobody uses.
	Idle = 12 * time.Hour
)

// Table keeps sessions in memory, and who has tried in vain to get one. It is safe for concurrent use. Make it with
// NewTable.
type Table struct {
	now      func() time.Time
	attempts *attempts

	mu     sync.Mutex
	of     map[[sha256.Size]byte]*list.Element
	recent *list.List // of *session, the latest used first
}

// session is what a cookie stands for. The cookie itself is not kept.
type session struct {
	key           [sha256.Size]byte
	authorization string
	used          time.Time
}

// NewTable returns a table without sessions.
func NewTable() *Table {
	return &Table{now: time.Now, attempts: newAttempts(), of: make(map[[sha256.Size]byte]*list.Element), recent: list.New()}
}

// open begins a session and returns its id.
func (t *Table) open(authorization string) (id string) {
	id = rand.Text()
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.recent.Len() >= Capacity {
		t.dropLocked(t.recent.Back())
	}
	s := &session{key: sha256.Sum256([]byte(id)), authorization: authorization, used: t.now()}
	t.of[s.key] = t.recent.PushFront(s)
	return id
}

// authorization returns what a session stands for, and notes that it was used.
func (t *Table) authorization(id string) (string, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	e, ok := t.of[sha256.Sum256([]byte(id))]
	if !ok {
		return "", false
	}
	s := e.Value.(*session)
	if now := t.now(); now.Sub(s.used) < Idle {
		s.used = now
		t.recent.MoveToFront(e)
		return s.authorization, true
	}
	t.dropLocked(e)
	return "", false
}

// drop ends a session, if there is one.
func (t *Table) drop(id string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if e, ok := t.of[sha256.Sum256([]byte(id))]; ok {
		t.dropLocked(e)
	}
}

func (t *Table) dropLocked(e *list.Element) {
	delete(t.of, e.Value.(*session).key)
	t.recent.Remove(e)
}
