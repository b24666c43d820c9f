package objectstore

import (
	"path"
	"sync"
)

// maxKnownDirs bounds the memory of knownDirs. Partitions by hour come and go,
// so an old entry is not worth more than a new one.
const maxKnownDirs = 4096

// knownDirs is a bounded set of directories that need no more syncing. The
// zero value is empty and ready. It is safe for concurrent use.
type knownDirs struct {
	mu   sync.Mutex
	dirs map[string]struct{}
}

func (k *knownDirs) has(dir string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	_, ok := k.dirs[dir]
	return ok
}

func (k *knownDirs) add(dir string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.dirs == nil || len(k.dirs) >= maxKnownDirs {
		// Forgetting costs a few syncs, keeping an order would cost code.
		k.dirs = make(map[string]struct{})
	}
	k.dirs[dir] = struct{}{}
}

// forget drops dir and all directories above it.
func (k *knownDirs) forget(dir string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for ; dir != "." && dir != "/"; dir = path.Dir(dir) {
		delete(k.dirs, dir)
	}
}
