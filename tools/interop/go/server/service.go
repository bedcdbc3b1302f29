package main

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/encoding/gzip"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"

	interopv1 "banyan.example/gen/interop/v1"
)

const message = "100 % none: Λ"

// service is what proto/interop/v1/interop.proto says.
type service struct {
	interopv1.UnimplementedInteropServiceServer
	begun, givenUp atomic.Int32
}

func (*service) Echo(ctx context.Context, request *interopv1.EchoRequest) (*interopv1.EchoResponse, error) {
	response := &interopv1.EchoResponse{Payload: request.GetPayload()}
	if deadline, ok := ctx.Deadline(); ok {
		response.RemainingMs = int32(time.Until(deadline).Milliseconds())
	}
	if caller, ok := peer.FromContext(ctx); ok {
		response.Peer = caller.Addr.String()
	}
	if request.GetGzip() {
		if err := grpc.SetSendCompressor(ctx, gzip.Name); err != nil {
			return nil, err
		}
	}
	sent, _ := metadata.FromIncomingContext(ctx)
	echoed := metadata.MD{"x-echo": sent.Get("x-echo"), "x-echo-bin": sent.Get("x-echo-bin")}
	if err := grpc.SetHeader(ctx, echoed); err != nil {
		return nil, err
	}
	return response, grpc.SetTrailer(ctx, echoed)
}

func (*service) Refuse(_ context.Context, request *interopv1.RefuseRequest) (*interopv1.RefuseResponse, error) {
	refusal := status.New(codes.NotFound, message)
	if !request.GetDetailed() {
		return nil, refusal.Err()
	}
	info := &errdetails.ErrorInfo{Reason: "NOTHING_HERE", Domain: "interop"}
	detailed, err := refusal.WithDetails(info)
	if err != nil {
		return nil, err
	}
	return nil, detailed.Err()
}

func (s *service) Wait(ctx context.Context, request *interopv1.WaitRequest) (*interopv1.WaitResponse, error) {
	s.begun.Add(1)
	select {
	case <-ctx.Done():
		s.givenUp.Add(1)
		return nil, status.FromContextError(ctx.Err()).Err()
	case <-time.After(time.Duration(request.GetWaitMs()) * time.Millisecond):
		return &interopv1.WaitResponse{}, nil
	}
}

func (s *service) CountWaits(context.Context, *interopv1.CountWaitsRequest) (*interopv1.CountWaitsResponse, error) {
	return &interopv1.CountWaitsResponse{Begun: s.begun.Load(), GivenUp: s.givenUp.Load()}, nil
}

func (*service) List(request *interopv1.ListRequest, stream interopv1.InteropService_ListServer) error {
	for number := range request.GetCount() {
		if err := stream.Send(&interopv1.ListResponse{Number: number}); err != nil {
			return err
		}
	}
	if request.GetFails() {
		return status.Error(codes.DataLoss, message)
	}
	return nil
}

func (*service) Collect(stream interopv1.InteropService_CollectServer) error {
	response := &interopv1.CollectResponse{}
	for {
		request, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return stream.SendAndClose(response)
		}
		if err != nil {
			return err
		}
		response.Messages++
		response.Bytes += int32(len(request.GetPayload()))
	}
}

func (*service) Chat(stream interopv1.InteropService_ChatServer) error {
	for {
		request, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := stream.Send(&interopv1.ChatResponse{Number: request.GetNumber()}); err != nil {
			return err
		}
	}
}
