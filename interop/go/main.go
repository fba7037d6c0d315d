// A gRPC client and server on grpc-go for Charter's interop tests. Messages pass through as bytes, so nothing is generated.
package main

import (
	"encoding/base64"
	"fmt"
	"os"
	"strings"

	"google.golang.org/grpc/metadata"
)

// What both ends may send in one message.
const maxMessageBytes = 8 << 20

// Stands in for the protobuf codec.
type rawCodec struct{}

func (rawCodec) Name() string                  { return "proto" }
func (rawCodec) Marshal(v any) ([]byte, error) { return *v.(*[]byte), nil }
func (rawCodec) Unmarshal(data []byte, v any) error {
	// Never nil, which JSON would have as null.
	*v.(*[]byte) = append([]byte{}, data...)
	return nil
}

// Metadata as JSON can carry it: one value a key, those of "-bin" keys in base64.
func readable(md metadata.MD) map[string]string {
	fields := map[string]string{}
	for key, values := range md {
		value := strings.Join(values, ",")
		if strings.HasSuffix(key, "-bin") {
			value = base64.StdEncoding.EncodeToString([]byte(value))
		}
		fields[key] = value
	}
	return fields
}

// usage: peer client <host:port> [ca.pem]   calls, one JSON line each on the standard input, answers on the output
//
//	peer server [cert.pem key.pem]     prints its port, and ends with its standard input
func main() {
	var err error
	switch mode, args := os.Args[1], os.Args[2:]; mode {
	case "client":
		err = runClient(args)
	case "server":
		err = runServer(args)
	default:
		err = fmt.Errorf("unknown mode %q", mode)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
