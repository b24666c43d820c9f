package samples

import (
	"fmt"
	"strings"
	"time"
)

// BenignKinds returns the kinds of text without secrets, as Benign makes them.
func BenignKinds() []string {
	return []string{
		"user_agent", "version", "uuid", "hash", "timestamp", "git_sha", "k8s_name", "url", "sql", "log", "number", "image", "function", "host", "traceparent",
	}
}

// Benign returns a text of this kind that looks like what a detector looks for
// and is not.
func (r Rand) Benign(kind string) string {
	switch kind {
	case "user_agent":
		return r.userAgent()
	case "version":
		return r.version()
	case "uuid":
		return r.uuid()
	case "hash":
		return r.one(r.chars(hexes, 32), r.chars(hexes, 64), "sha256:"+r.chars(hexes, 64), strings.ToUpper(r.chars(hexes, 40)), "md5-"+r.chars(hexes, 32))
	case "timestamp":
		return r.timestamp()
	case "git_sha":
		return r.one(r.chars(hexes, 40), r.chars(hexes, 7), "git-"+r.chars(hexes, 12), r.word()+"@"+r.chars(hexes, 40))
	case "k8s_name":
		return r.k8sName()
	case "url":
		return r.url()
	case "sql":
		return "SELECT " + r.word() + "_id, " + r.word() + "_name FROM " + r.word() + "." + r.word() + " WHERE " + r.word() + "_id = ? AND created_at > $1 ORDER BY " + r.word() + " LIMIT 50"
	case "log":
		return r.logLine()
	case "number":
		return r.number()
	case "image":
		return "registry.example/" + r.word() + "/" + r.word() + r.one(":"+r.version(), "@sha256:"+r.chars(hexes, 64))
	case "function":
		return r.one("com.example."+r.word()+"."+r.word()+"Service.handle", "github.com/example/"+r.word()+"/internal/"+r.word()+".(*Server).Serve",
			"std::"+r.word()+"::vector<"+r.word()+">::add", "core::"+r.word()+"::fade", "org.example.Abc$Def@"+r.chars(hexes, 8))
	case "host":
		return r.one("ip-10-0-"+fmt.Sprint(r.IntN(255))+"-"+fmt.Sprint(r.IntN(255))+".eu-west-1.compute.internal", r.word()+"."+r.word()+".svc.cluster.local", r.word()+"-01.example:8443", "node-"+r.chars(digits, 3))
	default: // traceparent
		return "00-" + r.chars(hexes, 32) + "-" + r.chars(hexes, 16) + "-01"
	}
}

func (r Rand) version() string {
	return r.one(fmt.Sprintf("%d.%d.%d", r.IntN(30), r.IntN(50), r.IntN(99)), fmt.Sprintf("v%d.%d.%d-rc.%d", r.IntN(9), r.IntN(50), r.IntN(9), r.IntN(9)),
		fmt.Sprintf("%d.%d.%d+build.%s", r.IntN(9), r.IntN(50), r.IntN(9), r.chars(hexes, 8)), fmt.Sprintf("go1.%d.%d", r.between(18, 26), r.IntN(9)),
		fmt.Sprintf("v0.0.0-%s-%s", time.Unix(1_700_000_000+int64(r.IntN(90_000_000)), 0).UTC().Format("20060102150405"), r.chars(hexes, 12)), fmt.Sprintf("20%02d.%d.%d", r.between(10, 30), r.between(1, 12), r.IntN(100)))
}

func (r Rand) uuid() string {
	return r.chars(hexes, 8) + "-" + r.chars(hexes, 4) + "-4" + r.chars(hexes, 3) + "-" + r.one("8", "9", "a", "b") + r.chars(hexes, 3) + "-" + r.chars(hexes, 12)
}

func (r Rand) userAgent() string {
	chrome := fmt.Sprintf("%d.0.%d.%d", r.between(90, 140), r.IntN(7000), r.IntN(200))
	return r.one(
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/"+fmt.Sprint(r.between(90, 140))+".0.0.0 Safari/537.36",
		"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/"+chrome+" Safari/537.36 Edg/"+chrome,
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
		"okhttp/4.12.0", "kube-probe/1.29+", "python-requests/2.31.0", "Go-http-client/2.0", "curl/8.5.0", "grpc-java-netty/1.62.2",
		"Mozilla/5.0 (compatible; bot/2.1; +https://www.example/bot.html)", "Dalvik/2.1.0 (Linux; U; Android 14; SM-S911B Build/UP1A.231005.007)",
	)
}

func (r Rand) timestamp() string {
	t := time.Unix(1_700_000_000+int64(r.IntN(90_000_000)), int64(r.IntN(1_000_000_000))).UTC()
	return r.one(t.Format(time.RFC3339Nano), t.Format("2006-01-02 15:04:05.000"), t.Format("02/Jan/2006:15:04:05 +0000"), fmt.Sprint(t.Unix()),
		fmt.Sprint(t.UnixMilli()), fmt.Sprint(t.UnixMicro()), fmt.Sprint(t.UnixNano()), t.Format("20060102150405"), t.Format("15:04:05"), t.Format(time.RFC1123Z), t.Format("2006-01-02T15:04:05-0700"))
}

func (r Rand) k8sName() string {
	name := r.word() + "-" + r.word()
	return r.one(name, name+"-"+r.chars("bcdfghjklmnpqrstvwxz2456789", 10)+"-"+r.chars("bcdfghjklmnpqrstvwxz2456789", 5), name+"-"+r.chars(digits, 1), "kube-system",
		"pod/"+name+"-"+r.chars(digits, 8), name+"."+r.word()+".svc.cluster.local:8080", "containerd://"+r.chars(hexes, 64))
}

func (r Rand) url() string {
	return r.one("https://shop.example/api/v1/carts/"+r.uuid()+"/items?page="+fmt.Sprint(r.IntN(40))+"&sort=name", "/api/v2/orders/"+r.chars(digits, 8),
		"http://"+r.word()+".svc:8080/health?code=200", "/static/"+r.word()+"@2x.png?v="+r.chars(hexes, 8), "https://cdn.example/npm/"+r.word()+"@"+r.version()+"/dist/index.js",
		"s3://"+r.word()+"-bucket/year=2026/month=01/part-"+r.chars(digits, 5)+".parquet", "arn:aws:s3:::"+r.word()+"-logs")
}

func (r Rand) logLine() string {
	return r.one("GET /cart 200 "+fmt.Sprint(r.IntN(900))+"ms", "connection reset by peer after "+fmt.Sprint(r.IntN(90))+" attempts", "token is expired, bearer authentication required",
		"level=info ts="+r.timestamp()+" caller=main.go:"+fmt.Sprint(r.IntN(900))+" msg=done code=200 key=cart", "cache miss for "+r.uuid(), "std::runtime_error: out of range",
		`{"level":"info","status":200,"duration_ms":`+fmt.Sprint(r.IntN(900))+`,"user_id":"`+r.uuid()+`"}`, "Basic configuration loaded", "retry 3/5 in 1.5s: "+r.word(), "gc 12 @"+fmt.Sprint(r.IntN(9))+".123s 4%: 0.1+2.3+0.4 ms clock")
}

// number returns numbers that are no card's: ids are mostly of one service and
// count up.
func (r Rand) number() string {
	return r.one(fmt.Sprint(r.IntN(1_000_000)), fmt.Sprintf("%.6f", r.Float64()*1000), "0x"+r.chars(hexes, 16), "-"+fmt.Sprint(r.IntN(1000)), fmt.Sprint(1_000_000_000_000_000_000+r.Int64N(900_000_000_000_000_000)), "1e-"+fmt.Sprint(r.IntN(9)), "order-"+r.chars(digits, 10))
}
