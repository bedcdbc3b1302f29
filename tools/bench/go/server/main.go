// Server is grpc-go as its documentation sets it up.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"

	"banyan.example/control"
	benchv1 "banyan.example/gen/bench/v1"
	userv1 "banyan.example/gen/user/v1"
)

const (
	name  = "Ada Lovelace"
	email = "ada@example.org"
)

type users struct {
	userv1.UnimplementedUserServiceServer
}

func (users) GetUser(_ context.Context, request *userv1.GetUserRequest) (*userv1.GetUserResponse, error) {
	return &userv1.GetUserResponse{UserId: request.GetUserId(), Name: name, Email: email}, nil
}

type bench struct {
	benchv1.UnimplementedBenchServiceServer
}

func (bench) Echo(_ context.Context, request *benchv1.EchoRequest) (*benchv1.EchoResponse, error) {
	return &benchv1.EchoResponse{Payload: request.GetPayload()}, nil
}

func (bench) List(request *benchv1.ListRequest, stream benchv1.BenchService_ListServer) error {
	for number := int32(0); number < request.GetCount(); number++ {
		if err := stream.Send(&benchv1.ListResponse{Number: number, Name: name}); err != nil {
			return err
		}
	}
	return nil
}

func (bench) Chat(stream benchv1.BenchService_ChatServer) error {
	for {
		request, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := stream.Send(&benchv1.ChatResponse{Number: request.GetNumber()}); err != nil {
			return err
		}
	}
}

type task struct {
	TLS *struct {
		CertFile string `json:"certFile"`
		KeyFile  string `json:"keyFile"`
	} `json:"tls"`
}

type serving struct {
	Address    string `json:"address"`
	TLSAddress string `json:"tlsAddress,omitempty"`
}

type memory struct {
	RSSBytes int `json:"rssBytes"`
}

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	var told task
	if err := control.ReadTask(&told); err != nil {
		return err
	}
	var said serving
	var err error
	if said.Address, err = serve(); err != nil {
		return err
	}
	if told.TLS != nil {
		secret, err := credentials.NewServerTLSFromFile(told.TLS.CertFile, told.TLS.KeyFile)
		if err != nil {
			return fmt.Errorf("TLS: %w", err)
		}
		if said.TLSAddress, err = serve(grpc.Creds(secret)); err != nil {
			return err
		}
	}
	if err := control.Answer(said); err != nil {
		return err
	}
	return control.Commands(func([]byte) error {
		runtime.GC()
		debug.FreeOSMemory()
		bytes, err := residentBytes()
		if err != nil {
			return err
		}
		return control.Answer(memory{bytes})
	})
}

// serve serves on a free port until the process ends.
func serve(options ...grpc.ServerOption) (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("listen: %w", err)
	}
	server := grpc.NewServer(options...)
	userv1.RegisterUserServiceServer(server, users{})
	benchv1.RegisterBenchServiceServer(server, bench{})
	go func() {
		if err := server.Serve(listener); err != nil {
			log.Fatal(err)
		}
	}()
	return listener.Addr().String(), nil
}

// residentBytes reads the second number of /proc/self/statm: resident pages.
func residentBytes() (int, error) {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0, err
	}
	fields := strings.Fields(string(text))
	if len(fields) < 2 {
		return 0, fmt.Errorf("/proc/self/statm has %d fields", len(fields))
	}
	pages, err := strconv.Atoi(fields[1])
	return pages * os.Getpagesize(), err
}
