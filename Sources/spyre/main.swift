import SpyreCommands

CommandLineTool.main(Array(CommandLine.arguments.dropFirst()))
