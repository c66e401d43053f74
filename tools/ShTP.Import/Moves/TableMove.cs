using Google.Protobuf;
using ShTP.Api.V1;
using ShTP.Import.OldDatabase;
using ShTP.Import.Reporting;

namespace ShTP.Import.Moves;

/// <summary>Moves one table in batches: rows are converted and sent, and their results reported before the next batch.</summary>
/// <typeparam name="TMessage">The message of a row.</typeparam>
internal abstract class TableMove<TMessage>(Run run, OldTable table)
    where TMessage : class, IMessage<TMessage>
{
    // A message has at most 4 MiB; a batch is sent before it exceeds this.
    private const int MaxBatchBytes = 2 * 1024 * 1024;
    private const int MaxRowBytes = 3 * 1024 * 1024;

    protected Run Run => run;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var source = run.Tables[table.Name];
        var total = await run.Old.CountAsync(source.Source, cancellationToken);
        var (done, bytes) = (0L, 0);
        var batch = new List<(OldRow Row, TMessage Message)>();
        await run.Report.ShowProgressAsync(table.Name, 0, total);
        await foreach (var json in run.Old.ReadAsync(source.Query, cancellationToken))
        {
            done++;
            var row = new OldRow(table, json);
            if (TryTranslate(row) is not { } message)
            {
                await ReportAsync(row, row.IsOfDeleted ? Outcome.Deleted : Outcome.Refused, row.Faults);
                continue;
            }

            batch.Add((row, message));
            bytes += message.CalculateSize();
            if (batch.Count < run.BatchSize && bytes < MaxBatchBytes)
                continue;
            await MoveAsync(batch, cancellationToken);
            (batch, bytes) = ([], 0);
            await run.Report.ShowProgressAsync(table.Name, done, total);
        }

        if (batch.Count > 0)
            await MoveAsync(batch, cancellationToken);
        await run.Report.FlushAsync();
        await run.Report.ShowProgressAsync(table.Name, done, done);
    }

    /// <summary>Converts a row for the services. A thrown error refuses the row.</summary>
    protected abstract TMessage Translate(OldRow row);

    /// <summary>Sends rows; the results are in their order.</summary>
    protected abstract Task<List<ImportResult>> SendAsync(IReadOnlyList<TMessage> messages, bool isDryRun, CancellationToken cancellationToken);

    /// <summary>Whether new rows have files, which are stored first.</summary>
    protected virtual bool HasFiles => false;

    /// <summary>Stores the files of a row that is about to be stored.</summary>
    protected virtual Task BringFilesAsync(OldRow row, TMessage message, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Stored rows, which others may refer to.</summary>
    protected virtual Task OnThereAsync(IReadOnlyList<(OldRow Row, TMessage Message)> rows, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>A row that was deleted in the new system.</summary>
    protected virtual void OnDeleted(OldRow row)
    {
    }

    protected async Task ReportAsync(OldRow row, Outcome outcome, IEnumerable<string> reasons) =>
        await run.Report.WriteAsync(table.Name, row.Key, row.Key.Length > 0 ? row.Id : null, outcome, reasons);

    private TMessage? TryTranslate(OldRow row)
    {
        if (row.Faults.Count > 0)
            return null;
        try
        {
            var message = Translate(row);
            if (message.CalculateSize() > MaxRowBytes)
                row.Refuse("row", $"has {message.CalculateSize()} bytes, at most {MaxRowBytes} can be moved");
            return row.Faults.Count == 0 ? message : null;
        }
        catch (Exception fault) when (fault is InvalidOperationException or ArgumentException or FormatException)
        {
            // Half a surrogate pair or a time out of range: values that a database accepts and a message does not.
            row.Refuse("row", fault.Message);
            return null;
        }
    }

    private async Task MoveAsync(List<(OldRow Row, TMessage Message)> batch, CancellationToken cancellationToken)
    {
        var results = await SendAsync(batch.ConvertAll(entry => entry.Message), run.IsDryRun || HasFiles, cancellationToken);
        if (HasFiles)
            await MoveWithFilesAsync(batch, results, cancellationToken);
        var there = new List<(OldRow, TMessage)>();
        foreach (var (entry, result) in batch.Zip(results))
        {
            var outcome = OutcomeOf(entry.Row, result);
            await ReportAsync(entry.Row, outcome, [.. outcome is Outcome.Different or Outcome.Deleted ? [] : entry.Row.Changes, .. result.Remarks]);
            if (outcome == Outcome.Deleted)
                OnDeleted(entry.Row);
            else if (outcome != Outcome.Refused)
                there.Add(entry);
        }

        await OnThereAsync(there, cancellationToken);
        await run.Report.FlushAsync();
    }

    // A dry run first, so that files of existing rows are not uploaded again.
    private async Task MoveWithFilesAsync(List<(OldRow Row, TMessage Message)> batch, List<ImportResult> results, CancellationToken cancellationToken)
    {
        var places = Enumerable.Range(0, batch.Count).Where(i => results[i].Outcome == ImportOutcome.Moved).ToList();
        foreach (var place in places)
            await BringFilesAsync(batch[place].Row, batch[place].Message, cancellationToken);
        await run.Report.FlushAsync();
        if (run.IsDryRun || places.Count == 0)
            return;
        var stored = await SendAsync(places.ConvertAll(place => batch[place].Message), false, cancellationToken);
        foreach (var (place, result) in places.Zip(stored))
            results[place] = result;
    }

    private static Outcome OutcomeOf(OldRow row, ImportResult result) => result.Outcome switch
    {
        ImportOutcome.Moved => row.Changes.Count + result.Remarks.Count == 0 ? Outcome.Moved : Outcome.Changed,
        ImportOutcome.Present => Outcome.Present,
        ImportOutcome.Different => Outcome.Different,
        ImportOutcome.Deleted => Outcome.Deleted,
        _ => Outcome.Refused,
    };
}
