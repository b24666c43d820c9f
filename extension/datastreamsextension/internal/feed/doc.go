// Package feed makes the live numbers that people look at: once a second a
// Snapshot of streams, destinations and sources, computed once for all who
// listen, and not at all if nobody does. The numbers come from the collector's
// own metrics and from the table of sources. A listener who is slow misses
// snapshots, and nobody waits for him.
package feed
