package columnread

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar"
)

// Text that is not that of a value of its letter is an error, and names the letter.
func TestTextOfNoValue(t *testing.T) {
	for _, tc := range []struct {
		letter byte
		text   string
	}{
		{'?', ""},
		{'i', ""},
		{'i', "1.5"},
		{'i', "9223372036854775808"},
		{'d', "much"},
		{'b', "yes"},
		{'y', "?"},
		{'x', "?"},
		{'a', ""},
		{'a', "[1"},
		{'a', "[1]]"},
		{'a', "[9223372036854775808]"},
		{'a', "[1e999]"},
		{'m', `{"a":}`},
		{'m', `{"a":1}{}`},
		{'A', `[1]`},
		{'A', `{"arrayValue":[]}`},
		{'A', `{"arrayValue":{"values":[{"intValue":1}]}}`},
		{'A', `{"arrayValue":{"values":[{"doubleValue":"nan"}]}}`},
		{'A', `{"arrayValue":{"values":[{"pieValue":"apple"}]}}`},
		{'M', `{"kvlistValue":{"values":[{"value":{}}]}}`},
		{'M', `{"kvlistValue":{"values":[{"rawKey":"?","value":{}}]}}`},
		{'M', `{"kvlistValue":{"values":[{"key":"a","worth":{}}]}}`},
	} {
		err := setValue(pcommon.NewValueEmpty(), tc.letter, tc.text)
		require.ErrorIs(t, err, ErrDamaged, tc.text)
		require.ErrorContains(t, err, fmt.Sprintf("a value of type %q", tc.letter), tc.text)
	}
}

// Values may be nested deeper than anybody would, both where plain JSON holds them and where it does not.
// There is an end to it, which is an error and not the end of the stack.
func TestDepth(t *testing.T) {
	for _, leaf := range []func(pcommon.Value){
		func(v pcommon.Value) { v.SetInt(1) },
		func(v pcommon.Value) { v.SetEmptyBytes() },
	} {
		for depth, want := range map[int]error{maxDepth: nil, maxDepth + 1: ErrDamaged} {
			ld := plog.NewLogs()
			v := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty().Body()
			for range depth {
				v = v.SetEmptySlice().AppendEmpty()
			}
			leaf(v)
			for out, err := range open(t, write(t, logKind, columnar.Options{}, ld)).Logs(Options{}) {
				require.ErrorIs(t, err, want)
				if want == nil {
					requireSame(t, logKind, ld, []plog.Logs{out})
				} else {
					require.ErrorContains(t, err, "nested more than")
				}
			}
		}
	}
}

// A footer whose schema claims children that it does not have is refused before anybody allocates for them.
func TestFooterThatClaimsTooMuch(t *testing.T) {
	node := func(children ...byte) []byte { // A name, then the number of children in zigzag encoding.
		return append(append([]byte{0x48, 1, 'x', 0x15}, children...), 0)
	}
	footer := func(size byte, nodes ...[]byte) []byte {
		buf := []byte{0x15, 2, 0x19, size<<4 | compactStruct} // The version, then the list of nodes.
		for _, n := range nodes {
			buf = append(buf, n...)
		}
		return append(buf, 0)
	}
	require.NoError(t, checkFooter(footer(2, node(2), node(0))))
	for name, bad := range map[string][]byte{
		"2^31-1 children":  footer(2, node(0xfe, 0xff, 0xff, 0xff, 0x0f), node(0)),
		"children missing": footer(2, node(4), node(0)),
		"less than none":   footer(2, node(1), node(0)),
		"nodes missing":    footer(9, node(2), node(0)),
		"no end":           {0x15, 2},
		"endless nesting":  []byte(strings.Repeat("\x1c", 100)),
		"endless number":   []byte("\x15" + strings.Repeat("\xff", 20)),
		"list of nothing":  {0x19, 0xf3, 0xff, 0xff, 0xff, 0x7f},
	} {
		require.ErrorIs(t, checkFooter(bad), ErrDamaged, name)
	}
}
