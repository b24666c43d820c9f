package streamname

import (
	"context"
	"net"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/client"
)

func TestValidate(t *testing.T) {
	for _, name := range []string{"a", "payments", "Team_2.eu-west", "0", strings.Repeat("x", MaxLength)} {
		require.NoError(t, Validate(name), name)
	}
	for name, want := range map[string]string{
		"":                               "needs a name",
		strings.Repeat("x", MaxLength+1): "the limit is 63",
		"a/b":                            "letters, digits",
		"..":                             "starts and ends with a letter or digit",
		"-a":                             "starts and ends",
		"a b":                            "letters, digits",
		"stra\u00dfe":                    "letters, digits",
		"a\n":                            "letters, digits",
	} {
		require.ErrorContains(t, Validate(name), want)
	}
}

// The stream's name joins what is known of the client, and replaces what the
// client itself sent under the same key.
func TestStamp(t *testing.T) {
	require.Empty(t, FromContext(t.Context()))
	stamp := NewStamp("payments")
	require.Equal(t, "payments", FromContext(stamp.Context(t.Context())))

	ctx := client.NewContext(context.Background(), client.Info{
		Addr:     &net.IPAddr{IP: net.IPv4(127, 0, 0, 1)},
		Metadata: client.NewMetadata(map[string][]string{"tenant": {"acme", "eu"}, MetadataKey: {"../../etc"}}),
	})
	ctx = NewStamp("billing").Context(stamp.Context(ctx))
	require.Equal(t, "billing", FromContext(ctx))
	info := client.FromContext(ctx)
	require.Equal(t, []string{"billing"}, info.Metadata.Get(MetadataKey))
	require.Equal(t, []string{"acme", "eu"}, info.Metadata.Get("tenant"))
	require.Equal(t, "127.0.0.1", info.Addr.String())
}

// A context that asks a stamp for its values is as good as a stamped one.
func TestStampValue(t *testing.T) {
	type other struct{}
	sent := client.NewContext(context.WithValue(t.Context(), other{}, "kept"), client.Info{
		Addr:     &net.IPAddr{IP: net.IPv4(127, 0, 0, 1)},
		Metadata: client.NewMetadata(map[string][]string{"tenant": {"acme"}}),
	})
	for _, ctx := range []context.Context{t.Context(), sent} {
		stamp := NewStamp("billing")
		lazy := valuesOf{ctx, stamp}
		require.Equal(t, client.FromContext(stamp.Context(ctx)), client.FromContext(lazy))
		require.Equal(t, ctx.Value(other{}), lazy.Value(other{}))
		require.Equal(t, "billing", FromContext(lazy))
	}
}

type valuesOf struct {
	context.Context
	stamp *Stamp
}

func (v valuesOf) Value(key any) any { return v.stamp.Value(v.Context, key) }
