namespace Aspire.Hosting;

public class MissingParameterValueException : DistributedApplicationException
{
    public MissingParameterValueException(string message) : base(message)
    {
    }

    public MissingParameterValueException(string message, Exception? innerException) : base(message, innerException!)
    {
    }
}
