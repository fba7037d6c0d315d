package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"time"

	spb "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

func runServer(args []string) error {
	options := []grpc.ServerOption{
		grpc.ForceServerCodec(rawCodec{}), grpc.UnknownServiceHandler(play), grpc.MaxRecvMsgSize(maxMessageBytes),
	}
	if len(args) > 1 {
		secure, err := credentials.NewServerTLSFromFile(args[0], args[1])
		if err != nil {
			return err
		}
		options = append(options, grpc.Creds(secure))
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := grpc.NewServer(options...)
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		server.Stop()
	}()
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	return server.Serve(listener)
}

// Does with a call of any method what its metadata says; see interop/README.md.
func play(_ any, stream grpc.ServerStream) error {
	md, _ := metadata.FromIncomingContext(stream.Context())
	if err := announce(md, stream); err != nil {
		return err
	}
	onlyLast := text(md, "x-only-last") != ""
	var last []byte
	for {
		var message []byte
		if err := stream.RecvMsg(&message); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return err
		}
		last = message
		for range number(md, "x-repeat", 1) {
			if onlyLast {
				break
			}
			if err := stream.SendMsg(&message); err != nil {
				return err
			}
		}
	}
	select {
	case <-time.After(time.Duration(number(md, "x-wait-ms", 0)) * time.Millisecond):
	case <-stream.Context().Done():
		return status.FromContextError(stream.Context().Err()).Err()
	}
	if failure := text(md, "x-status-bin"); failure != "" {
		var it spb.Status
		if err := proto.Unmarshal([]byte(failure), &it); err != nil {
			return err
		}
		return status.ErrorProto(&it)
	}
	if onlyLast {
		return stream.SendMsg(&last)
	}
	return nil
}

// Sends back what came in the metadata, in the header and in the trailer.
func announce(md metadata.MD, stream grpc.ServerStream) error {
	header := metadata.Pairs("x-echo", text(md, "x-echo"), "x-echo-bin", text(md, "x-echo-bin"))
	if deadline, ok := stream.Context().Deadline(); ok {
		header.Set("x-deadline-ms", strconv.FormatInt(time.Until(deadline).Milliseconds(), 10))
	}
	stream.SetTrailer(metadata.Pairs("x-trailer", text(md, "x-echo"), "x-trailer-bin", text(md, "x-echo-bin")))
	return stream.SendHeader(header)
}

func text(md metadata.MD, key string) string {
	if values := md.Get(key); len(values) > 0 {
		return values[0]
	}
	return ""
}

func number(md metadata.MD, key string, fallback int) int {
	if value, err := strconv.Atoi(text(md, key)); err == nil {
		return value
	}
	return fallback
}
