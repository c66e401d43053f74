using ShTP.Load.Targets;

// What the gateway is compared with, each role a process of its own:
//   backend --http PORT --grpc PORT --jwk JSON   answers over gRPC, ready-made JSON and Microsoft's JSON transcoding
//   proxy   --port PORT --to URL                 plain YARP forwarding over HTTP/1.1
return args switch
{
    ["backend", .. var rest] => await Backend.RunAsync(rest),
    ["proxy", .. var rest] => await PlainProxy.RunAsync(rest),
    _ => throw new ArgumentException("The first argument is 'backend' or 'proxy'."),
};
