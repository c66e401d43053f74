using BenchmarkDotNet.Running;
using ShTP.Bench;

// dotnet run -c Release --project bench/ShTP.Bench -- --inProcess --filter "*"
BenchmarkSwitcher.FromAssembly(typeof(CodecBenchmarks).Assembly).Run(args);
