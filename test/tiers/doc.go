// Package tiers holds a test of several collectors on loopback addresses: a
// first tier sends each trace to one collector of a second one, which decides
// over it. It shows that traces are whole, and that what was acknowledged
// arrives while collectors come and go. How fast a resolver notices that they
// do, and what a kill -9 loses, is shown with processes by test/e2e.
package tiers
