package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"os"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

type call struct {
	Path      string            `json:"path"`
	Requests  [][]byte          `json:"requests"`
	Header    map[string]string `json:"header"`
	TimeoutMs int64             `json:"timeoutMs"`
}

type answer struct {
	Code      int               `json:"code"`
	Message   string            `json:"message"`
	Status    []byte            `json:"status"`
	Header    map[string]string `json:"header"`
	Trailer   map[string]string `json:"trailer"`
	Responses [][]byte          `json:"responses"`
}

func runClient(args []string) error {
	secure := insecure.NewCredentials()
	if len(args) > 1 {
		var err error
		if secure, err = credentials.NewClientTLSFromFile(args[1], ""); err != nil {
			return err
		}
	}
	conn, err := grpc.NewClient(args[0], grpc.WithTransportCredentials(secure), grpc.WithDefaultCallOptions(
		grpc.ForceCodec(rawCodec{}), grpc.MaxCallRecvMsgSize(maxMessageBytes)))
	if err != nil {
		return err
	}
	defer conn.Close()
	in, out := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	for {
		var c call
		if err := in.Decode(&c); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if err := out.Encode(do(conn, c)); err != nil {
			return err
		}
	}
}

func do(conn *grpc.ClientConn, c call) answer {
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(c.TimeoutMs)*time.Millisecond)
	defer cancel()
	for key, value := range c.Header {
		if strings.HasSuffix(key, "-bin") {
			bytes, _ := base64.StdEncoding.DecodeString(value)
			value = string(bytes)
		}
		ctx = metadata.AppendToOutgoingContext(ctx, key, value)
	}
	var result answer
	stream, err := conn.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true, ClientStreams: true}, c.Path)
	if err == nil {
		err = talk(stream, c.Requests, &result)
	}
	failure, _ := status.FromError(err)
	result.Code, result.Message = int(failure.Code()), failure.Message()
	result.Status, _ = proto.Marshal(failure.Proto())
	return result
}

func talk(stream grpc.ClientStream, requests [][]byte, result *answer) error {
	for _, request := range requests {
		// Of a stream that has ended RecvMsg knows why.
		if err := stream.SendMsg(&request); err != nil {
			break
		}
	}
	if err := stream.CloseSend(); err != nil {
		return err
	}
	for {
		var response []byte
		err := stream.RecvMsg(&response)
		if err == nil {
			result.Responses = append(result.Responses, response)
			continue
		}
		header, _ := stream.Header()
		result.Header, result.Trailer = readable(header), readable(stream.Trailer())
		if errors.Is(err, io.EOF) {
			return nil
		}
		return err
	}
}
