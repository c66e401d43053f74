namespace Aspire.Hosting;

public enum DistributedApplicationOperation
{
    Run = 0,
    Publish = 1,
}

/// <summary>Whether the application runs or is published; here it always runs.</summary>
public class DistributedApplicationExecutionContext(DistributedApplicationOperation operation)
{
    public DistributedApplicationOperation Operation => operation;

    public bool IsPublishMode => operation == DistributedApplicationOperation.Publish;

    public bool IsRunMode => operation == DistributedApplicationOperation.Run;
}
