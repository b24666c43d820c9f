// Package live is what a process knows of the documents it runs by: the place
// where the provider, which hands a document to the Collector, and the
// extension, which lives inside the running service, meet. It is keyed by the
// document's path, so that several collectors in one process do not mix.
//
// A document is read from its file once, when the process starts. From then on
// the file is a proposal: Run looks at it, and only what compiles, and passes
// the Collector's own checks, becomes the current revision. The provider hands
// out the current revision, never the file, so that a reload for whatever
// reason cannot pick up something unchecked. The Collector stops the old service
// before it looks at a new configuration, and ends if that is bad: nothing may
// be wrong by then.
//
// Order of events in a reload:
//
//	Run: parse, classify, check -> journal "applying" -> current = next -> watchers
//	Collector: old service stops (Run ends) -> provider serves current -> new service
//	Begin, when the extension starts; Ready, when everything has: journal "applied"
//
// If the process ends between the two journal entries, the next one finds
// "applying" and goes back to what was applied before, until the file changes.
package live
