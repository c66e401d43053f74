using ShTP.Load.Targets;

// What the gateway is compared with, each role a process of its own:
//   backend     --http PORT --grpc PORT --jwk JSON   ready-made answers over gRPC and as JSON
//   transcoding --http PORT --grpc PORT              the same answers through Microsoft's JSON transcoding
//   proxy       --port PORT --to URL                 plain YARP forwarding over HTTP/1.1
return args switch
{
    ["backend", .. var rest] => await Backend.RunAsync(rest, transcoding: false),
    ["transcoding", .. var rest] => await Backend.RunAsync(rest, transcoding: true),
    ["proxy", .. var rest] => await PlainProxy.RunAsync(rest),
    _ => throw new ArgumentException("The first argument is 'backend', 'transcoding' or 'proxy'."),
};
