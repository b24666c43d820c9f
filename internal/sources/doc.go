// Package sources watches who sends what: the sources of telemetry, told apart
// by resource attributes, with what they have sent. It looks only while somebody
// watches, and its memory is bounded: of more sources than it has room for, it
// keeps those that send most (the space-saving algorithm of Metwally, Agrawal
// and El Abbadi).
//
// It knows payloads and their resources. Which stream a source belongs to is
// for others to say, by the attributes that it keeps of each.
package sources
