package spool

// hook, when set, is told of each step towards an object before and after it
// happens. Tests end the process there.
type hook func(step string)

func (h hook) at(step string) {
	if h != nil {
		h(step)
	}
}

// The steps, in the order in which a row takes them. What follows a step comes
// before the next.
const (
	stepAppend   = "append"    // to the log
	stepApply    = "apply"     // to an open file
	stepApplied  = "applied"   // and acknowledged next
	stepWrite    = "write"     // of a piece of a file
	stepFinish   = "finish"    // its last bytes are flushed and synced
	stepRename   = "rename"    // to the name that commits it
	stepSync     = "sync"      // of the directory
	stepSealed   = "sealed"    // for good
	stepRelease  = "release"   // of the part of the log
	stepReleased = "released"  // of the part of the log
	stepPut      = "put"       // into the store
	stepMark     = "mark"      // the file as stored
	stepTruncate = "truncate"  // the file
	stepMarked   = "marked"    // as an empty file
	stepForget   = "forget"    // the mark
	stepForgot   = "forgotten" // or not: it failed
)
