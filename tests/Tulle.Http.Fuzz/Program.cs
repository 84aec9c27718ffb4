using Tulle.Http.Fuzz;

return CommandLine.Run(args, Console.Out, Console.Error);
