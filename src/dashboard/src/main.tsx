import { createRoot } from 'react-dom/client';
import { App } from './app';
import './state/theme';
import './styles/tokens.css';
import './styles/base.css';
import './styles/shell.css';
import './styles/parts.css';
import './styles/table.css';
import './styles/overview.css';
import './styles/topology.css';
import './styles/detail.css';
import './styles/service.css';
import './styles/tap.css';
import './styles/traces.css';
import './styles/configuration.css';
import './styles/operations.css';

createRoot(document.getElementById('root') as HTMLElement).render(<App />);
