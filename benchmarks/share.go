package main

import (
	"fmt"
	"runtime"
	"strings"

	"go.opentelemetry.io/collector/pdata/ptrace"
)

const codec = "OTLP decode + encode"

// shareResult compares routing a payload with decoding and encoding it, which
// every collector has to do.
type shareResult struct {
	cell
	bar  float64 // the share that routing may take
	race results
}

// share returns routing's CPU time as a part of decoding's and encoding's.
func (s shareResult) share() float64 { return s.race.ratio(at(ours, shareStreams), codec) }

const shareStreams = 100

// measureShares races our router against decoding and encoding the payload.
func measureShares(rounds int) ([]shareResult, error) {
	bars := map[int]float64{128: 0.02, 4: 0.08}
	var shares []shareResult
	for _, s := range shapes {
		for _, m := range []mix{uniform, mixed} {
			p := newPool(s, m.serviceOf(s, shareStreams))
			router, err := newOurs(routing{services: shareStreams, destinations: 1}, p)
			if err != nil {
				return nil, err
			}
			recode, err := enterCodec(p)
			if err != nil {
				return nil, err
			}
			r := race([]entrant{enter(at(ours, shareStreams), p, router), recode}, rounds)
			shares = append(shares, shareResult{cell{s, m}, bars[s.spans], r})
		}
	}
	return shares, nil
}

// enterCodec returns an entrant that decodes and encodes each payload of p.
func enterCodec(p *pool) (entrant, error) {
	var encoded [][]byte
	for _, td := range p.payloads {
		data, err := (&ptrace.ProtoMarshaler{}).MarshalTraces(td)
		if err != nil {
			return entrant{}, err
		}
		encoded = append(encoded, data)
	}
	return entrant{codec, p, func(k int) {
		td, err := (&ptrace.ProtoUnmarshaler{}).UnmarshalTraces(encoded[k])
		if err != nil {
			panic(err) // They were just encoded.
		}
		data, err := (&ptrace.ProtoMarshaler{}).MarshalTraces(td)
		if err != nil {
			panic(err)
		}
		runtime.KeepAlive(data)
	}}, nil
}

func sharesTable(shares []shareResult) string {
	var b strings.Builder
	b.WriteString("| resources x spans | payload | OTLP decode + encode: ns per span | routing: ns per span | share |\n")
	b.WriteString("| --- | --- | --: | --: | --: |\n")
	for _, s := range shares {
		spans := float64(s.shape.spans)
		fmt.Fprintf(&b, "| %s | %s | %s | %.1f | %.2f %% |\n", s.shape, s.mix,
			thousands(s.race.ns(codec)/spans), s.race.ns(at(ours, shareStreams))/spans, 100*s.share())
	}
	return b.String()
}
