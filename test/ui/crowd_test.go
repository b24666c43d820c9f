package ui

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
)

// crowd makes so many sources send a log record each second, until the test ends.
func (c *collector) crowd(t *testing.T, sources int) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var sending sync.WaitGroup
	t.Cleanup(func() {
		cancel()
		sending.Wait()
	})
	body := crowdPayload(t, sources)
	require.NoError(t, c.sendLogs(ctx, body))
	sending.Go(func() {
		for ctx.Err() == nil {
			select {
			case <-ctx.Done():
			case <-time.After(time.Second):
				_ = c.sendLogs(ctx, body) // A reload refuses for a moment.
			}
		}
	})
}

func crowdPayload(t *testing.T, sources int) []byte {
	t.Helper()
	logs := plog.NewLogs()
	for i := range sources {
		r := logs.ResourceLogs().AppendEmpty()
		r.Resource().Attributes().PutStr("k8s.namespace.name", fmt.Sprintf("team-%d", i%12))
		r.Resource().Attributes().PutStr("service.name", fmt.Sprintf("crowd-%d", i))
		record := r.ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
		record.SetTimestamp(pcommon.NewTimestampFromTime(time.Now()))
		record.Body().SetStr("here")
	}
	body, err := plogotlp.NewExportRequestFromLogs(logs).MarshalProto()
	require.NoError(t, err)
	return body
}

func (c *collector) sendLogs(ctx context.Context, body []byte) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.otlpHTTP+"/v1/logs", bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-protobuf")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the collector answered %s", resp.Status)
	}
	return nil
}
