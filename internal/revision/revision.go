package revision

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// State is how far a revision has come.
type State string

// The states. A revision is applying from before the collector is told of it
// until it runs by it; if that is where the journal ends, the start failed. It
// is interrupted if the collector was stopped before it came to it.
const (
	Applying    State = "applying"
	Applied     State = "applied"
	Failed      State = "failed"
	Interrupted State = "interrupted"
)

// Kept is how many revisions a journal keeps.
const Kept = 50

// Revision is one entry of a journal.
type Revision struct {
	// Number counts from 1 and is never used again.
	Number int `json:"number"`
	// Time is when the entry was made, in UTC.
	Time time.Time `json:"time"`
	// SHA256 is the document's, in hexadecimal.
	SHA256 string `json:"sha256"`
	// Kind says what the change took, and Summary what it was, for people.
	Kind    string   `json:"kind"`
	Summary []string `json:"summary,omitempty"`
	State   State    `json:"state"`
	// Error says why the revision failed.
	Error string `json:"error,omitempty"`
}

// Journal is the list of a document's revisions. It is safe for concurrent use
// by one process; several processes must not write to one directory.
type Journal struct {
	dir string

	mu   sync.Mutex
	list []Revision // in the order of their numbers
}

// Open reads the journal in dir. A directory that is not there is an empty
// journal; it is made when there is something to write.
func Open(dir string) (*Journal, error) {
	j := &Journal{dir: dir}
	if err := j.load(); err != nil {
		return nil, fmt.Errorf("read the journal of revisions: %w", err)
	}
	return j, nil
}

// Hash returns what Revision.SHA256 is of a document.
func Hash(document []byte) string {
	sum := sha256.Sum256(document)
	return hex.EncodeToString(sum[:])
}

// List returns all revisions, the oldest first.
func (j *Journal) List() []Revision {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.list)
}

// Latest returns the newest revision, in whatever state.
func (j *Journal) Latest() (Revision, bool) {
	return j.newest(func(Revision) bool { return true })
}

// LastApplied returns the newest revision that was applied.
func (j *Journal) LastApplied() (Revision, bool) {
	return j.newest(func(r Revision) bool { return r.State == Applied })
}

func (j *Journal) newest(which func(Revision) bool) (Revision, bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, r := range slices.Backward(j.list) {
		if which(r) {
			return r, true
		}
	}
	return Revision{}, false
}

// Document returns the document of a revision. The error wraps fs.ErrNotExist
// if the journal does not keep it any more.
func (j *Journal) Document(number int) ([]byte, error) {
	return os.ReadFile(j.file(number))
}

// Record adds a revision with the document given. Number, Time and SHA256 of r
// are set by the journal; the entry is returned as it was written. On error the
// journal is as it was.
func (j *Journal) Record(document []byte, r Revision) (Revision, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	r.Number, r.Time, r.SHA256 = 1, time.Now().UTC().Truncate(time.Millisecond), Hash(document)
	if len(j.list) > 0 {
		r.Number = j.list[len(j.list)-1].Number + 1
	}
	if err := write(j.file(r.Number), document); err != nil {
		return Revision{}, fmt.Errorf("write revision %d: %w", r.Number, err)
	}
	kept, dropped := prune(append(slices.Clone(j.list), r))
	if err := j.save(kept); err != nil {
		return Revision{}, err
	}
	for _, d := range dropped {
		_ = os.Remove(j.file(d.Number)) // What stays behind is not listed, and written over by nothing.
	}
	return r, nil
}

// Settle says what became of a revision that was applying. cause is noted if
// it is not nil.
func (j *Journal) Settle(number int, state State, cause error) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	i, ok := slices.BinarySearchFunc(j.list, number, func(r Revision, n int) int { return cmp.Compare(r.Number, n) })
	if !ok {
		return fmt.Errorf("the journal has no revision %d", number)
	}
	next := slices.Clone(j.list)
	next[i].State = state
	if cause != nil {
		next[i].Error = cause.Error()
	}
	return j.save(next)
}

// prune drops the oldest revisions beyond Kept, but never the one to go back
// to: the last applied.
func prune(all []Revision) (kept, dropped []Revision) {
	excess := len(all) - Kept
	good := -1
	for i, r := range slices.Backward(all) {
		if r.State == Applied {
			good = i
			break
		}
	}
	for i, r := range all {
		if len(dropped) < excess && i != good {
			dropped = append(dropped, r)
			continue
		}
		kept = append(kept, r)
	}
	return kept, dropped
}

func (j *Journal) file(number int) string {
	return filepath.Join(j.dir, "revisions", fmt.Sprintf("%04d.yaml", number))
}
