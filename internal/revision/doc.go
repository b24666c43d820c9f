// Package revision is the journal of a document's revisions: what was applied
// when, of which kind it was and how it went. It knows bytes and files, and
// nothing of what documents mean.
//
// A directory holds state.json, the list, and revisions/NNNN.yaml, the
// documents as they were. Every file is written aside, synced and renamed, so
// that a crash leaves the list as it was before or as it is after.
package revision
