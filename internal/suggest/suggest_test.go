package suggest

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAmong(t *testing.T) {
	candidates := []string{"select", "exclude", "default", "name"}
	for name, want := range map[string]string{
		"selct":   `; did you mean "select"?`,
		"Exclude": `; did you mean "exclude"?`,
		"nam":     `; did you mean "name"?`,
		"zzz":     "; use one of select, exclude, default, name",
		"":        "; use one of select, exclude, default, name",
	} {
		require.Equal(t, want, Among(name, candidates), name)
	}
	require.Equal(t, `; did you mean "ab"?`, Among("ax", []string{"ab", "ac"}), "the first of equally near ones")
}
