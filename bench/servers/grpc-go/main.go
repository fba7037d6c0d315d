// grpc-go, and nothing else, on one core.
package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"

	"google.golang.org/grpc"
)

type desk struct{}

// AddUp adds up an order.
func (desk) AddUp(_ context.Context, request *AddUpRequest) (*AddUpResponse, error) {
	answer := &AddUpResponse{CustomerId: request.CustomerId}
	for _, line := range request.Lines {
		answer.TotalMinor += line.PriceMinor * int64(line.Quantity)
		answer.Pieces += line.Quantity
	}
	return answer, nil
}

// What protoc-gen-go-grpc would write for this one method.
var description = grpc.ServiceDesc{
	ServiceName: "charter.testing.v1.DeskService",
	HandlerType: (*any)(nil),
	Methods: []grpc.MethodDesc{{
		MethodName: "AddUp",
		Handler: func(served any, ctx context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
			request := new(AddUpRequest)
			if err := decode(request); err != nil {
				return nil, err
			}
			return served.(desk).AddUp(ctx, request)
		},
	}},
}

func main() {
	runtime.GOMAXPROCS(1)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	server := grpc.NewServer()
	server.RegisterService(&description, desk{})
	fmt.Printf("{\"port\": %d}\n", listener.Addr().(*net.TCPAddr).Port)
	go func() {
		// Ends with whoever started it.
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	if err := server.Serve(listener); err != nil {
		panic(err)
	}
}
