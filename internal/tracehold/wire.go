package tracehold

import (
	"errors"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
)

// The messages of traces and logs have the same shape: a payload has resources
// in field 1, a resource has scopes in field 2, a scope has items in field 2.
// What else is in a resource or a scope describes it.
const (
	fieldResources protowire.Number = 1
	fieldParts     protowire.Number = 2

	tagResources = byte(fieldResources)<<3 | byte(protowire.BytesType)
	tagParts     = byte(fieldParts)<<3 | byte(protowire.BytesType)
)

var errWire = errors.New("not the encoding of OTLP")

// part is one length-delimited field: raw with its tag and length, body without.
type part struct{ raw, body []byte }

// parts appends the fields of this number in message to list, and returns with
// them the bytes of all others, in order. The latter share memory with message
// unless there are fields on both sides.
func parts(list []part, message []byte, number protowire.Number) (_ []part, rest []byte, err error) {
	for at := 0; at < len(message); {
		num, kind, n := protowire.ConsumeTag(message[at:])
		if n < 0 {
			return nil, nil, errWire
		}
		size := protowire.ConsumeFieldValue(num, kind, message[at+n:])
		if size < 0 {
			return nil, nil, errWire
		}
		raw := message[at : at+n+size]
		at += n + size
		if num != number || kind != protowire.BytesType {
			if rest == nil {
				rest = slices.Clip(raw) // Appending must not write into message.
			} else {
				rest = append(rest, raw...)
			}
			continue
		}
		body, size := protowire.ConsumeBytes(raw[n:])
		if size < 0 {
			return nil, nil, errWire
		}
		list = append(list, part{raw: raw, body: body})
	}
	return list, rest, nil
}

// sizeOfPart is the size of a length-delimited field with a body of n bytes.
func sizeOfPart(n int) int { return 1 + protowire.SizeBytes(n) }

func appendHead(b []byte, tag byte, n int) []byte {
	return protowire.AppendVarint(append(b, tag), uint64(n))
}
