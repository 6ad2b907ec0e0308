import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import './playground.css';
import { createRoot } from 'react-dom/client';
import { Playground } from './Playground';

const container = document.getElementById('playground');
if (!container) throw new Error('The page has no #playground element.');
createRoot(container).render(<Playground />);
