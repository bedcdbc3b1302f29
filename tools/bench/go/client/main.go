// Client calls as it is told to, on one connection, and says how long the calls took.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"math"
	"slices"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"banyan.example/control"
)

type clientTask struct {
	Address string `json:"address"`
}

type loadTask struct {
	Kind         string  `json:"kind"`
	InFlight     int     `json:"inFlight"`
	MS           float64 `json:"ms"`
	AtMost       *int64  `json:"atMost"`
	PayloadBytes int     `json:"payloadBytes"`
	Messages     int32   `json:"messages"`
}

type latencies struct {
	P50  float64 `json:"p50"`
	P99  float64 `json:"p99"`
	P999 float64 `json:"p999"`
}

type loadResult struct {
	Succeeded int        `json:"succeeded"`
	Failed    int        `json:"failed"`
	Failure   string     `json:"failure,omitempty"`
	ElapsedMS float64    `json:"elapsedMs"`
	Micros    *latencies `json:"micros,omitempty"`
}

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	var told clientTask
	if err := control.ReadTask(&told); err != nil {
		return err
	}
	connection, err := grpc.NewClient(told.Address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return fmt.Errorf("dial: %w", err)
	}
	defer connection.Close()
	if err := control.Answer(struct{}{}); err != nil {
		return err
	}
	return control.Commands(func(line []byte) error {
		var task loadTask
		if err := json.Unmarshal(line, &task); err != nil {
			return fmt.Errorf("load: %w", err)
		}
		return control.Answer(drive(connection, task))
	})
}

// drive lets task.InFlight callers call, each the next time when it has its answer; a caller stops at its first failure.
func drive(connection *grpc.ClientConn, task loadTask) loadResult {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	start := time.Now()
	end := start.Add(time.Duration(task.MS * float64(time.Millisecond)))
	most := int64(math.MaxInt64)
	if task.AtMost != nil {
		most = (*task.AtMost + int64(task.InFlight) - 1) / int64(task.InFlight)
	}

	var lock sync.Mutex
	var result loadResult
	var micros []float64
	var callers sync.WaitGroup
	for range task.InFlight {
		callers.Add(1)
		go func() {
			defer callers.Done()
			own, err := callOn(ctx, connection, task, end, most)
			lock.Lock()
			defer lock.Unlock()
			micros = append(micros, own...)
			if err != nil {
				result.Failed++
				result.Failure = err.Error()
			}
		}()
	}
	callers.Wait()

	result.ElapsedMS = float64(time.Since(start)) / float64(time.Millisecond)
	result.Succeeded = len(micros)
	if len(micros) > 0 {
		slices.Sort(micros)
		at := func(share float64) float64 { return micros[int(math.Ceil(share*float64(len(micros))))-1] }
		result.Micros = &latencies{at(0.5), at(0.99), at(0.999)}
	}
	return result
}

func callOn(ctx context.Context, on *grpc.ClientConn, task loadTask, end time.Time, most int64) ([]float64, error) {
	turn, err := openTurns(ctx, on, task)
	if err != nil {
		return nil, err
	}
	var micros []float64
	for now := time.Now(); now.Before(end) && int64(len(micros)) < most; {
		if err := turn(); err != nil {
			return micros, err
		}
		answered := time.Now()
		micros = append(micros, float64(answered.Sub(now))/float64(time.Microsecond))
		now = answered
	}
	return micros, nil
}
